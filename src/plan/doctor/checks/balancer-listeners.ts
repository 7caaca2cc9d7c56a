import { sync } from '../../kubernetes/balancers/mend.ts';
import { about, balancerLine, fixCommand, serviceLine, warningLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import { missingListeners } from '../../kubernetes/balancers/disagreements.ts';
import { working } from '../in-order.ts';

/** 443 after HTTPS was turned on, say. */
export const balancerListeners: Check<'balancers'> = {
  id: 'balancer-listeners',
  title: 'load balancers listen on every port of their Services',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    working(observed, environment).flatMap((match) => {
      const { service, balancer } = match;
      const missing = missingListeners(service, balancer);
      // Without an address the Service has not come that far.
      if (missing.length === 0 || service.ingress.length === 0) return [];
      const ports = missing.join(', ');
      return [
        {
          ...about(match),
          what: `The load balancer of ${service.name} does not listen on port ${ports}.`,
          evidence: [
            balancerLine(balancer, observed.now),
            serviceLine(service),
            `ports of the Service: ${service.ports.map(({ port }) => port).join(', ')}; of the load balancer: ${(balancer.listeners ?? []).map(({ port }) => port).join(', ') || 'none'}`,
            ...warningLine(service),
          ],
          meaning: `Who comes to port ${ports} is refused${missing.includes(443) ? ': https does not work' : ''}.`,
          fix: `${fixCommand('balancer-listeners', environment)} has the cloud controller add it.`,
          repair: sync(match, {
            reason: `load balancer ${balancer.id} does not listen on port ${ports}`,
            observed,
            environment,
          }),
        },
      ];
    }),
};
