import { livingMatches } from '../../kubernetes/balancers/match.ts';
import { floatingIpOf } from '../../kubernetes/balancers/mend.ts';
import { balancerLine, floatingIpLine, serviceLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';

/** Longhorn's page knows no passwords: whoever reaches it can delete every volume. */
export const longhornPublic: Check<'balancers'> = {
  id: 'longhorn-public',
  title: "Longhorn's page is not public",
  page: 'longhorn',
  needs: ['balancers'],
  // Who asks for it in the file was warned there.
  applies: ({ longhorn }) => typeof longhorn === 'object' && longhorn.ui.service !== 'LoadBalancer',
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap(({ service, part, balancer }) => {
      if (part !== 'longhorn' || balancer === undefined) return [];
      if (floatingIpOf(balancer, observed) === undefined) return [];
      return [
        {
          subject: `Service ${service.namespace}/${service.name}`,
          harm: 'someCannotWork' as const,
          what: "Longhorn's page can be reached from outside, and has no log-in.",
          evidence: [
            serviceLine(service),
            balancerLine(balancer, observed.now),
            ...floatingIpLine(balancer, observed),
          ],
          meaning: 'Whoever finds the address can delete every volume: everybody’s home.',
          fix: `The file does not ask for that: \`hubwright deploy ${environment.name}\` makes it reachable in the cluster alone.`,
        },
      ];
    }),
};
