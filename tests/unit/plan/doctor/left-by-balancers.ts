import type { ObservedPort } from '../../../../src/plan/kubernetes/balancers/observed.ts';
import { balancer, floatingIp, madeFloatingIp, observed, service } from '../kubernetes/balancers/kit.ts';
import { type Situations, theirs, withMembers, twin, unknown } from './balancer-kit.ts';

const otherPort = (given: Pick<ObservedPort, 'id' | 'name' | 'owner' | 'device'>): ObservedPort => ({
  ...given,
  balancerId: undefined,
  addresses: [],
});

/** What stays behind, and what is on its way. */
export const left: Situations = {
  'a port of a load balancer that is gone, with our address on it': {
    given: {
      ports: [
        ...observed().ports,
        {
          id: 'port-5',
          name: 'octavia-lb-lb-5',
          owner: 'Octavia',
          device: 'lb-lb-5',
          balancerId: 'lb-5',
          addresses: ['10.0.0.5'],
        },
        otherPort({ id: 'port-6', name: 'octavia-lb-vrrp-1', owner: 'Octavia', device: 'vm-1' }),
        otherPort({ id: 'port-7', name: 'lab', owner: 'compute:nova', device: 'lb-lab' }),
      ],
    },
    found: { 'balancer-leftovers': ['deletePort'] },
  },
  'an address that the controller made and nothing uses': {
    given: { floatingIps: [floatingIp(), madeFloatingIp({ portId: undefined })] },
    found: { 'balancer-leftovers': ['deleteFloatingIp'] },
  },
  'an address that the controller made, and the file names': {
    given: {
      services: [service({ ingress: [], balancerId: 'lb-1', created: '2026-11-30T08:59:00Z' })],
      floatingIps: [madeFloatingIp({ portId: undefined, address: '192.0.2.50' })],
    },
    found: {},
  },
  'an address that the controller made, and a repair has kept': {
    given: {
      noted: [{ service: { namespace: 'hub', name: 'web' }, address: '192.0.2.77' }],
      floatingIps: [floatingIp(), madeFloatingIp({ portId: undefined })],
    },
    found: {},
  },
  'an address that the controller made for another environment': {
    given: {
      floatingIps: [
        floatingIp(),
        madeFloatingIp({
          portId: undefined,
          description:
            'Floating IP for Kubernetes external service course/proxy-public from cluster training',
        }),
      ],
    },
    found: { 'balancer-leftovers': [] },
  },
  'an address that the controller made, and another environment of the file names': {
    given: {
      inFile: ['192.0.2.77'],
      floatingIps: [floatingIp(), madeFloatingIp({ portId: undefined })],
    },
    found: {},
  },
  'an address that a controller made whose cluster has no name of its own': {
    given: {
      clusterName: { name: 'kubernetes', from: 'controller' },
      loadBalancers: [balancer({ name: 'kube_service_kubernetes_hub_proxy-public' })],
      floatingIps: [
        floatingIp(),
        madeFloatingIp({
          portId: undefined,
          description: 'Floating IP for Kubernetes external service hub/web from cluster kubernetes',
        }),
      ],
    },
    found: { 'balancer-leftovers': [] },
  },
  'addresses of people and of other clusters': {
    given: {
      floatingIps: [
        floatingIp(),
        floatingIp({ id: 'fip-8', address: '192.0.2.88', portId: undefined, description: 'printer' }),
        madeFloatingIp({
          portId: undefined,
          description: 'Floating IP for Kubernetes external service hub/proxy-public from cluster other',
        }),
      ],
    },
    found: {},
  },
  'the Service is being deleted, and the controller is away': {
    given: {
      services: [service({ deleted: '2026-11-30T08:30:00Z' })],
      controller: { ...observed().controller!, readyPods: 0 },
    },
    found: {
      'controller-down': ['restartController'],
      'service-terminating': ['rememberFloatingIp', 'deleteBalancer', 'freeService'],
    },
  },
  'the Service is being deleted, and its load balancer is gone': {
    given: {
      services: [service({ deleted: '2026-11-30T08:30:00Z' })],
      loadBalancers: [],
      floatingIps: [floatingIp({ portId: undefined })],
      ports: [],
    },
    found: { 'service-terminating': ['freeService'] },
  },
  'the Service is being deleted since a minute': {
    given: { services: [service({ deleted: '2026-11-30T08:59:00Z' })] },
    found: {},
  },
  'the Service is being deleted, and the load balancer is another cluster’s': {
    given: {
      services: [service({ deleted: '2026-11-30T08:30:00Z', balancerId: undefined })],
      loadBalancers: [twin({ listeners: withMembers(theirs) })],
      ports: [],
    },
    found: { 'service-terminating': [] },
  },
  'no load balancer at all': {
    given: { services: [unknown], loadBalancers: [], floatingIps: [], ports: [] },
    found: { 'service-pending': ['syncService'] },
  },
  'no load balancer, because of the quota': {
    given: {
      services: [
        {
          ...unknown,
          warning: 'Error syncing load balancer: Quota has been met for resources: Load Balancer',
        },
      ],
      loadBalancers: [],
      floatingIps: [],
      ports: [],
    },
    found: { 'service-pending': [] },
  },
  'the cloud controller is away, and all else is in order': {
    given: { controller: { ...observed().controller!, readyPods: 0 } },
    found: { 'controller-down': ['restartController'] },
  },
  'another environment’s Service is broken': {
    given: {
      services: [
        service(),
        service({
          namespace: 'course',
          uid: 'other',
          balancerId: 'lb-2',
          ingress: [],
          release: { name: 'course', namespace: 'course' },
        }),
      ],
      loadBalancers: [
        balancer(),
        twin({ name: 'kube_service_training_course_proxy-public', tags: [], provisioning: 'ERROR' }),
      ],
    },
    found: {},
  },
};
