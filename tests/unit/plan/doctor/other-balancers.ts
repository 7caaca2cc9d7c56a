import { balancer, node, observed, service } from '../kubernetes/balancers/kit.ts';
import { type Situations, listener, theirs, withMembers, orphan, twin, unknown } from './balancer-kit.ts';

/** Whose they are, and where they lead. */
export const others: Situations = {
  'the only one of its name is another cluster’s': {
    given: { services: [unknown], loadBalancers: [twin({ listeners: withMembers(theirs) })], ports: [] },
    found: { 'balancer-foreign': [] },
  },
  'annotated with another cluster’s': {
    given: {
      services: [service({ balancerId: 'lb-7' })],
      loadBalancers: [
        balancer({
          id: 'lb-7',
          name: 'kube_service_other_hub_proxy-public',
          tags: [],
          listeners: withMembers(theirs),
        }),
      ],
    },
    found: { 'balancer-foreign': [] },
  },
  'annotated with another cluster’s, and its own is there': {
    given: {
      services: [service({ balancerId: 'lb-7' })],
      loadBalancers: [
        balancer(),
        balancer({
          id: 'lb-7',
          name: 'kube_service_other_hub_proxy-public',
          tags: [],
          listeners: withMembers(theirs),
          vip: { address: '10.0.0.7', portId: 'port-7', networkId: 'net-1' },
        }),
      ],
    },
    found: { 'balancer-foreign': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
  'the cluster was given another name, the members are ours': {
    given: { loadBalancers: [balancer({ name: 'kube_service_old_hub_proxy-public', tags: [] })] },
    found: { 'balancer-foreign': ['syncService'] },
  },
  'shared with a Service of another cluster': {
    given: {
      loadBalancers: [balancer({ tags: [balancer().name, 'kube_service_other_hub_web'] })],
    },
    found: { 'balancer-foreign': [] },
  },
  'shared with a Service of this cluster': {
    given: {
      loadBalancers: [balancer({ tags: [balancer().name, 'kube_service_training_hub_web'] })],
    },
    found: {},
  },
  'shared, and in ERROR': {
    given: {
      loadBalancers: [
        balancer({ provisioning: 'ERROR', tags: [balancer().name, 'kube_service_training_hub_web'] }),
      ],
    },
    found: { 'balancer-error': [] },
  },
  'a person’s own, by its id': {
    given: { loadBalancers: [balancer({ name: 'campus-entrance', tags: [] })] },
    found: {},
  },
  'a person’s own, in ERROR': {
    given: { loadBalancers: [balancer({ name: 'campus-entrance', tags: [], provisioning: 'ERROR' })] },
    found: { 'balancer-error': [] },
  },
  'no Service any more': {
    given: {
      loadBalancers: [balancer(), { ...orphan, name: 'kube_service_training_hub_web', tags: [] }],
    },
    found: { 'balancer-orphan': ['deleteBalancer'] },
  },
  'no namespace any more': {
    given: { loadBalancers: [balancer(), orphan] },
    found: { 'balancer-orphan': ['deleteBalancer'] },
  },
  'no Service any more, and the members are no nodes of ours': {
    given: { loadBalancers: [balancer(), { ...orphan, listeners: withMembers(theirs) }] },
    found: { 'balancer-orphan': [] },
  },
  'no Service any more, and nothing in it': {
    given: { loadBalancers: [balancer(), { ...orphan, listeners: [] }] },
    found: { 'balancer-orphan': [] },
  },
  'another cluster’s, in whatever state': {
    given: {
      loadBalancers: [
        balancer(),
        {
          ...orphan,
          name: 'kube_service_other_hub_web',
          tags: [],
          listeners: undefined,
          provisioning: 'ERROR',
        },
        {
          ...orphan,
          id: 'lb-10',
          name: 'k8s-clusterapi-cluster-default-training-kubeapi',
          tags: [],
          listeners: undefined,
        },
      ],
    },
    found: {},
  },
  'a member that is no node any more': {
    given: { nodes: [observed().nodes[0]!] },
    found: { 'balancer-members': ['syncService'] },
  },
  'nodes of the same names were made anew, with other addresses': {
    given: { nodes: [node('worker-1', '10.0.0.91'), node('worker-2', '10.0.0.92')] },
    found: { 'balancer-members': ['syncService'] },
  },
  'no members at all, while nodes are ready': {
    given: { loadBalancers: [balancer({ listeners: withMembers([]) })] },
    found: { 'balancer-members': ['syncService'] },
  },
  'no members, and none of the nodes may be one': {
    given: {
      loadBalancers: [balancer({ listeners: withMembers([]) })],
      nodes: [{ ...node('master-1', '10.0.0.11'), serves: false }],
    },
    found: {},
  },
  'no member is a node': {
    given: { nodes: [node('worker-8', '10.0.0.18')] },
    found: { 'balancer-members': [] },
  },
  'members at other ports than the Service’s': {
    given: { services: [service({ ports: [{ port: 80, nodePort: 31_234 }] })] },
    found: { 'balancer-members': ['syncService'] },
  },
  'no listener for 443': {
    given: {
      services: [
        service({
          ports: [
            { port: 80, nodePort: 30_080 },
            { port: 443, nodePort: 30_443 },
          ],
        }),
      ],
    },
    found: { 'balancer-listeners': ['syncService'] },
  },
  'timeouts of 50 s, and the Service asks for an hour': {
    given: {
      services: [service({ annotations: { 'loadbalancer.openstack.org/timeout-client-data': '3600000' } })],
      loadBalancers: [
        balancer({ listeners: [{ ...listener, clientTimeout: 50_000, memberTimeout: 50_000 }] }),
      ],
    },
    found: { 'balancer-timeouts': ['syncService'] },
  },
  'timeouts of 50 s, and nobody asks for more': {
    given: {
      loadBalancers: [
        balancer({ listeners: [{ ...listener, clientTimeout: 50_000, memberTimeout: 50_000 }] }),
      ],
    },
    found: { 'balancer-timeouts': [] },
  },
};
