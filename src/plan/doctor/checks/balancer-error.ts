import { claimOn, livingMatches } from '../../kubernetes/balancers/match.ts';
import { makeAnew } from '../../kubernetes/balancers/mend.ts';
import {
  about,
  balancerLine,
  closed,
  describeCommand,
  fixCommand,
  floatingIpLine,
  serviceLine,
  showCommand,
  warningLine,
} from '../balancer-words.ts';
import type { Check } from '../check.ts';

/** The controller never mends one: in ERROR Octavia takes no change but its deletion. */
export const balancerError: Check<'balancers'> = {
  id: 'balancer-error',
  title: 'load balancers are not in ERROR',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { service, part, balancer } = match;
      if (balancer?.provisioning !== 'ERROR') return [];
      const reason = `load balancer ${balancer.id} is in ERROR`;
      const repair = makeAnew(match, { reason, observed, environment });
      const works = service.ingress.length > 0;
      return [
        {
          ...about(match),
          ...(works ? { harm: 'willStop' as const } : {}),
          what: `The load balancer of ${service.name} is in ERROR.`,
          evidence: [
            balancerLine(balancer, observed.now),
            serviceLine(service),
            ...floatingIpLine(balancer, observed),
            ...warningLine(service),
          ],
          meaning: works
            ? 'It may still carry people, but no change reaches it any more. While it is made anew nobody gets in from outside for some minutes; servers that run go on.'
            : closed(part),
          fix:
            repair === undefined
              ? unsafe(claimOn(balancer, observed) === 'ours', balancer.id, describeCommand(service))
              : `${fixCommand('balancer-error', environment)} makes it anew, with the same address. ${showCommand(balancer.id, environment)} shows which part failed.`,
          ...(repair === undefined ? {} : { repair }),
        },
      ];
    }),
};

function unsafe(isOurs: boolean, id: string, command: string): string {
  return isOurs
    ? `It cannot be made anew by itself: the cloud controller does not run, or another load balancer of its name may be another cluster's. See the other findings first; ${command} shows what the controller does.`
    : `Nothing proves that ${id} is this cluster's alone, so that it is left alone. Find out whose it is; ${command} shows what the controller does with it.`;
}
