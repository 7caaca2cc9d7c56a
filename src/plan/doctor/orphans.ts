import { type Claim, claimOn } from '../kubernetes/balancers/match.ts';
import { parseName } from '../kubernetes/balancers/names.ts';
import type { BalancersObserved, ObservedBalancer } from '../kubernetes/balancers/observed.ts';

/** A load balancer that was made for a Service of this cluster which is no more. */
export interface Orphan {
  readonly balancer: ObservedBalancer;
  readonly namespace: string;
  readonly name: string;
  readonly claim: Claim;
}

/** Those named after this cluster, or led to nodes of it, for which no Service is there that the controller would see to. */
export function orphans(observed: BalancersObserved): Orphan[] {
  const { loadBalancers, services, clusterName } = observed;
  return loadBalancers.flatMap((balancer) => {
    const named = parseName(balancer.name);
    if (named === undefined || services.some(({ balancerId }) => balancerId === balancer.id)) return [];
    const { namespace, name, cluster } = named;
    // What keeps its finalizer is still looked after, whatever its type is now.
    const isThere = services.some((service) => service.namespace === namespace && service.name === name);
    const claim = claimOn(balancer, observed);
    if (isThere || claim === 'shared' || (cluster !== clusterName?.name && claim !== 'ours')) return [];
    return [{ balancer, namespace, name, claim }];
  });
}
