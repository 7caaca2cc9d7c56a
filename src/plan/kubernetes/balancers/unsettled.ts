import { emptyListeners, goneMembers, missingListeners, wrongPorts, wrongTimeouts } from './disagreements.ts';
import type { BalancedService, BalancersObserved, ObservedBalancer } from './observed.ts';

/** A Service and what its annotation leads to, as they are now. */
export interface Settling {
  readonly service: BalancedService;
  readonly balancer: ObservedBalancer | undefined;
  readonly nodes: BalancersObserved['nodes'];
}

export type Unsettled = (settling: Settling) => string | undefined;

/** What a Service still waits for of what the doctor looks for, a sentence; undefined: all is as the Service says. */
export const unsettled: Unsettled = ({ service, balancer, nodes }) => {
  const { name, balancerId: id, ingress } = service;
  if (id === undefined) return `the Service ${name} has no load balancer yet`;
  if (balancer === undefined) return `load balancer ${id} is not there`;
  if (balancer.provisioning !== 'ACTIVE') return `load balancer ${id} is ${balancer.provisioning}`;
  const wrong = [
    ...missingListeners(service, balancer).map(
      (port) => `load balancer ${id} does not listen on port ${port} yet`,
    ),
    ...goneMembers(balancer, nodes).map(
      (gone) => `load balancer ${id} still leads to ${gone}, no node of the cluster`,
    ),
    ...emptyListeners(service, balancer, nodes),
    ...wrongPorts(service, balancer),
    ...wrongTimeouts(service, balancer),
    ...(ingress.length === 0 ? [`the Service ${name} has no address yet`] : []),
  ];
  return wrong[0];
};
