import type {
  BalancersObserved,
  BalancedService,
  ObservedBalancer,
} from '../../kubernetes/balancers/observed.ts';
import { balancerSince, controllerMinutes, minutesSince } from '../../kubernetes/balancers/limits.ts';
import { claimOn, livingMatches } from '../../kubernetes/balancers/match.ts';
import { sync } from '../../kubernetes/balancers/mend.ts';
import {
  about,
  balancerLine,
  closed,
  fixCommand,
  floatingIpLine,
  serviceLine,
  warningLine,
} from '../balancer-words.ts';
import type { Check } from '../check.ts';
import { forPeople } from '../controller-warnings.ts';

/** The cloud has done its part, and the controller in the cluster has not seen it. */
export const balancerUnadopted: Check<'balancers'> = {
  id: 'balancer-unadopted',
  title: 'Services have taken their load balancers over',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { service, part, balancer } = match;
      if (balancer === undefined || !waitsInVain(service, balancer, observed)) return [];
      if (claimOn(balancer, observed) === 'otherCluster') return [];
      const told = forPeople(service, environment);
      const repair = sync(match, {
        reason: `load balancer ${balancer.id} is ACTIVE, and the Service has no address`,
        observed,
        environment,
      });
      return [
        {
          ...about(match),
          what: `The load balancer of ${service.name} is ready, and the Service does not know it.`,
          evidence: [
            balancerLine(balancer, observed.now),
            serviceLine(service),
            ...floatingIpLine(balancer, observed),
            ...warningLine(service),
          ],
          meaning: closed(part),
          fix:
            told ??
            `${fixCommand('balancer-unadopted', environment)} has the cloud controller look again, and starts it anew where that is not enough.`,
          ...(told === undefined ? { repair } : {}),
        },
      ];
    }),
};

function waitsInVain(
  { ingress, created }: BalancedService,
  balancer: ObservedBalancer,
  { now }: BalancersObserved,
): boolean {
  const waited = Math.min(minutesSince(created, now), minutesSince(balancerSince(balancer), now));
  return balancer.provisioning === 'ACTIVE' && ingress.length === 0 && waited >= controllerMinutes;
}
