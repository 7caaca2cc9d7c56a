import { type Match, claimOn, livingMatches } from '../../kubernetes/balancers/match.ts';
import { makeAnew, pointTo } from '../../kubernetes/balancers/mend.ts';
import type { BalancersObserved } from '../../kubernetes/balancers/observed.ts';
import { addressInFile } from '../../kubernetes/balancers/parts.ts';
import {
  about,
  balancerLine,
  closed,
  describeCommand,
  fixCommand,
  serviceLine,
  warningLine,
} from '../balancer-words.ts';
import type { Check } from '../check.ts';
import type { Environment } from '../../../config/schema/environment.ts';

/** The controller asks for that id for ever, and never makes another one. */
export const balancerStaleId: Check<'balancers'> = {
  id: 'balancer-stale-id',
  title: 'Services name load balancers that are there',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { service, part, staleId } = match;
      if (staleId === undefined) return [];
      const repair = repairOf(match, observed, environment);
      const others = match.namesakes.map((one) => balancerLine(one, observed.now));
      return [
        {
          ...about(match),
          what: `The Service ${service.name} names a load balancer that is not there.`,
          evidence: [
            serviceLine(service),
            `project ${observed.project.name} (${observed.project.id}) has no load balancer ${staleId}`,
            ...others,
            ...warningLine(service),
          ],
          meaning: `${closed(part)} The controller goes on asking for the one that is gone, and makes no other.`,
          fix:
            repair === undefined
              ? `Another cluster may have the load balancer of that name: nothing is done by itself. ${describeCommand(service)} shows what the controller does.`
              : `${fixCommand('balancer-stale-id', environment)} takes the old id off, and waits for the load balancer that the controller then takes or makes. If the cluster is in another project than \`openstack.cloud\` of hub.yaml says, correct that instead.`,
          ...(repair === undefined ? {} : { repair }),
        },
      ];
    }),
};

function repairOf(match: Match, observed: BalancersObserved, environment: Environment) {
  const { service, namesakes, staleId } = match;
  const reason = `load balancer ${staleId} is gone`;
  const mend = { reason, observed, environment };
  const [only, ...more] = namesakes.filter((one) => claimOn(one, observed) === 'ours');
  if (namesakes.length > 0 && (only === undefined || more.length > 0)) return undefined;
  if (only?.provisioning === 'ERROR') return makeAnew({ ...match, balancer: only }, mend);
  const address = addressInFile(service, environment) ?? freeAddress(service.ingress, observed);
  return pointTo(match, only, { ...mend, address });
}

/** That it had, if it is still the project's and leads nowhere. */
function freeAddress(ingress: readonly string[], { floatingIps }: BalancersObserved): string | undefined {
  return floatingIps.find(({ address, portId }) => portId === undefined && ingress.includes(address))
    ?.address;
}
