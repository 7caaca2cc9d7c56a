import { balancer, floatingIp, observed, service } from '../kubernetes/balancers/kit.ts';
import {
  type Situations,
  anew,
  theirs,
  withMembers,
  orphan,
  twin,
  pendingService,
  unknown,
  longAgo,
} from './balancer-kit.ts';

/** States, ids and names that are not as they should be. */
export const sick: Situations = {
  'all in order': { given: {}, found: {} },
  'PENDING_CREATE for a while: a machine is being made': {
    given: {
      services: [pendingService],
      loadBalancers: [
        balancer({ provisioning: 'PENDING_CREATE', created: '2026-11-30T08:45:00Z', updated: undefined }),
      ],
    },
    found: {},
  },
  'PENDING_CREATE past the limit': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'PENDING_CREATE', updated: undefined })],
    },
    found: { 'balancer-pending': [] },
  },
  'PENDING_UPDATE past the limit': {
    given: { loadBalancers: [balancer({ provisioning: 'PENDING_UPDATE', ...longAgo })] },
    found: { 'balancer-pending': [] },
  },
  'PENDING_DELETE past the limit, its Service gone': {
    given: {
      services: [],
      ports: [],
      loadBalancers: [{ ...orphan, provisioning: 'PENDING_DELETE', ...longAgo }],
    },
    found: { 'balancer-pending': [] },
  },
  'ERROR, and the Service waits': {
    given: { services: [pendingService], loadBalancers: [balancer({ provisioning: 'ERROR' })] },
    found: { 'balancer-error': anew },
  },
  'ERROR, and people still get in': {
    given: { loadBalancers: [balancer({ provisioning: 'ERROR' })] },
    found: { 'balancer-error': anew },
  },
  'ERROR before it had any part, its id on the Service': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'ERROR', listeners: [] })],
      floatingIps: [],
    },
    found: { 'balancer-error': anew.slice(1) },
  },
  'ERROR, and by its name alone ours': {
    given: { services: [unknown], loadBalancers: [balancer({ provisioning: 'ERROR', listeners: [] })] },
    found: { 'balancer-error': [] },
  },
  'ERROR, and the Service is of no release': {
    given: {
      services: [service({ release: undefined, ingress: [] })],
      loadBalancers: [balancer({ provisioning: 'ERROR' })],
    },
    found: {},
  },
  'ERROR, and no controller at work that could make another': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'ERROR' })],
      controller: { ...observed().controller!, readyPods: 0 },
    },
    found: { 'balancer-error': [], 'controller-down': ['restartController'] },
  },
  'ERROR, and another cluster has one of its name': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'ERROR' }), twin({ listeners: withMembers(theirs) })],
    },
    found: { 'balancer-error': [], 'balancer-twin': [] },
  },
  'ERROR, its Service gone': {
    given: { loadBalancers: [balancer(), { ...orphan, provisioning: 'ERROR' }] },
    found: { 'balancer-orphan': ['deleteBalancer'] },
  },
  'ACTIVE, and the Service waits, without an id': {
    given: { services: [unknown] },
    found: { 'balancer-unadopted': ['syncService'] },
  },
  'ACTIVE since a minute: the controller is at it': {
    given: { services: [pendingService], loadBalancers: [balancer({ updated: '2026-11-30T08:58:30Z' })] },
    found: {},
  },
  'the id of one that is gone, and another of its name': {
    given: { services: [service({ balancerId: 'lb-0', ingress: [] })] },
    found: { 'balancer-stale-id': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
  'the id of one that is gone, and none besides': {
    given: {
      services: [service({ balancerId: 'lb-0' })],
      loadBalancers: [],
      floatingIps: [floatingIp({ portId: undefined })],
      ports: [],
    },
    found: { 'balancer-stale-id': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
  'the id of one that is gone, and another cluster has one of its name': {
    given: {
      services: [service({ balancerId: 'lb-0', ingress: [] })],
      loadBalancers: [twin({ listeners: withMembers(theirs) })],
      ports: [],
    },
    found: { 'balancer-stale-id': [] },
  },
  'the id of one that is gone, and the one of its name is in ERROR': {
    given: {
      services: [service({ balancerId: 'lb-0', ingress: [] })],
      loadBalancers: [balancer({ provisioning: 'ERROR' })],
    },
    found: { 'balancer-stale-id': anew },
  },
  'two of one name, both ours, and no id': {
    given: { services: [unknown], loadBalancers: [balancer(), twin()] },
    found: { 'balancer-twin': ['setBalancerId', 'syncService', 'restoreFloatingIp', 'deleteBalancer'] },
  },
  'two of one name, both ours, the id on one': {
    given: { loadBalancers: [balancer(), twin()] },
    found: { 'balancer-twin': ['deleteBalancer'] },
  },
  'two of one name, both ours, and people may come in by the other': {
    given: {
      loadBalancers: [balancer(), twin()],
      floatingIps: [floatingIp(), floatingIp({ id: 'fip-9', address: '192.0.2.99', portId: 'port-2' })],
    },
    found: { 'balancer-twin': [] },
  },
  'two of one name, one of them another cluster’s, and no id': {
    given: { services: [unknown], loadBalancers: [balancer(), twin({ listeners: withMembers(theirs) })] },
    found: { 'balancer-twin': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
};
