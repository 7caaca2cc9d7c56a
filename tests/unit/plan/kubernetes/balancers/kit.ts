import { balancerName, floatingIpDescription } from '../../../../../src/plan/kubernetes/balancers/names.ts';
import type {
  BalancedNode,
  BalancedService,
  BalancersObserved,
  ObservedBalancer,
  ObservedFloatingIp,
} from '../../../../../src/plan/kubernetes/balancers/observed.ts';

/** The Service proxy-public of the environment in namespace `hub` of cluster `training`, all in order. */
export function service(given: Partial<BalancedService> = {}): BalancedService {
  return {
    namespace: 'hub',
    name: 'proxy-public',
    uid: '0b7bf9b9-1c3a-4f6e-8f0b-7b1a2f0c9d11',
    type: 'LoadBalancer',
    created: '2026-11-30T08:00:00Z',
    deleted: undefined,
    finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
    annotations: {},
    balancerId: 'lb-1',
    wantedIp: '192.0.2.50',
    ports: [{ port: 80, nodePort: 30080 }],
    ingress: ['192.0.2.50'],
    release: { name: 'hub', namespace: 'hub' },
    warning: undefined,
    ...given,
  };
}

/** Its load balancer, whose members are the nodes. */
export function balancer(given: Partial<ObservedBalancer> = {}): ObservedBalancer {
  const name = given.name ?? balancerName('training', service());
  return {
    id: 'lb-1',
    name,
    provisioning: 'ACTIVE',
    tags: [name],
    created: '2026-11-30T08:00:10Z',
    updated: '2026-11-30T08:01:00Z',
    vip: { address: '10.0.0.9', portId: 'port-1', networkId: 'net-1' },
    listeners: [
      {
        port: 80,
        clientTimeout: 3_600_000,
        memberTimeout: 3_600_000,
        members: [
          { name: 'worker-1', address: '10.0.0.11', port: 30080 },
          { name: 'worker-2', address: '10.0.0.12', port: 30080 },
        ],
      },
    ],
    ...given,
  };
}

/** The floating IP of the file, on the VIP. */
export function floatingIp(given: Partial<ObservedFloatingIp> = {}): ObservedFloatingIp {
  return {
    id: 'fip-1',
    address: '192.0.2.50',
    description: '',
    networkId: 'public',
    portId: 'port-1',
    portName: 'octavia-lb-lb-1',
    forwardsPorts: false,
    revision: 3,
    ...given,
  };
}

/** One that the cloud controller has made for the Service. */
export const madeFloatingIp = (given: Partial<ObservedFloatingIp> = {}): ObservedFloatingIp =>
  floatingIp({
    id: 'fip-2',
    address: '192.0.2.77',
    description: floatingIpDescription('training', service()),
    ...given,
  });

export function node(name: string, ...addresses: string[]): BalancedNode {
  return { name, addresses, serves: true };
}

/** All in order, but for what is given. */
export function observed(given: Partial<BalancersObserved> = {}): BalancersObserved {
  return {
    now: '2026-11-30T09:00:00Z',
    services: [service()],
    nodes: [node('worker-1', '10.0.0.11'), node('worker-2', '10.0.0.12')],
    namespaces: ['default', 'hub', 'kube-system'],
    clusterName: { name: 'training', from: 'controller' },
    controller: {
      ref: {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        name: 'openstack-cloud-controller-manager',
        namespace: 'kube-system',
      },
      readyPods: 1,
    },
    project: { id: 'project-1', name: 'training' },
    loadBalancers: [balancer()],
    floatingIps: [floatingIp()],
    ports: [
      {
        id: 'port-1',
        name: 'octavia-lb-lb-1',
        owner: 'Octavia',
        device: 'lb-lb-1',
        balancerId: 'lb-1',
        addresses: ['10.0.0.9'],
      },
    ],
    ...given,
  };
}
