import { sync } from '../../kubernetes/balancers/mend.ts';
import { about, balancerLine, fixCommand } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import { usualTimeout, wrongTimeouts } from '../../kubernetes/balancers/disagreements.ts';
import { working } from '../in-order.ts';

/** Octavia cuts a connection on which nothing was said for 50 seconds, unless it is told otherwise: notebooks are quiet. */
export const balancerTimeouts: Check<'balancers'> = {
  id: 'balancer-timeouts',
  title: 'load balancers keep quiet connections',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    working(observed, environment).flatMap((match) => {
      const { service, part, balancer } = match;
      if (service.ingress.length === 0) return [];
      const wrong = wrongTimeouts(service, balancer);
      const usual = (balancer.listeners ?? []).filter(
        ({ clientTimeout = Infinity, memberTimeout = Infinity }) =>
          Math.min(clientTimeout, memberTimeout) <= usualTimeout,
      );
      if (wrong.length === 0 && (part !== 'hub' || usual.length === 0)) return [];
      return [
        {
          ...about(match),
          harm: part === 'hub' ? ('someCannotWork' as const) : ('leftOver' as const),
          what: `The load balancer of ${service.name} cuts connections that are quiet for a while.`,
          evidence: [
            balancerLine(balancer, observed.now),
            ...wrong,
            ...(wrong.length === 0
              ? usual.map(
                  ({ port }) =>
                    `port ${port}: ${usualTimeout / 1000} s, and the Service asks for nothing else`,
                )
              : []),
          ],
          meaning:
            'Notebooks lose their kernel after less than a minute without output: "connection failed", again and again.',
          fix:
            wrong.length === 0
              ? `\`hubwright deploy ${environment.name}\` writes \`address.idleConnectionTimeout\` of hub.yaml on the Service.`
              : `${fixCommand('balancer-timeouts', environment)} has the cloud controller set them.`,
          ...(wrong.length === 0
            ? {}
            : {
                repair: sync(match, {
                  reason: `load balancer ${balancer.id} has other timeouts than the Service asks for`,
                  observed,
                  environment,
                }),
              }),
        },
      ];
    }),
};
