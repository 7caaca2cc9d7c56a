import type { Environment } from '../../config/schema/environment.ts';
import { type Match, claimOn, livingMatches } from '../kubernetes/balancers/match.ts';
import type { BalancersObserved, ObservedBalancer } from '../kubernetes/balancers/observed.ts';

/** Load balancers that work and are this cluster's, to be looked at closely. What is broken has one finding, not five. */
export function working(
  observed: BalancersObserved,
  environment: Environment,
): readonly (Match & { readonly balancer: ObservedBalancer })[] {
  return livingMatches(observed, environment).flatMap(({ balancer, ...match }) => {
    if (balancer?.provisioning !== 'ACTIVE' || balancer.listeners === undefined) return [];
    const claim = claimOn(balancer, observed);
    return claim === 'ours' || claim === 'unproven' ? [{ ...match, balancer }] : [];
  });
}
