import { isPending, minutesSince } from '../../kubernetes/balancers/limits.ts';
import { type Match, claimOn, livingMatches } from '../../kubernetes/balancers/match.ts';
import { floatingIpOf, pointTo, remove } from '../../kubernetes/balancers/mend.ts';
import type { BalancersObserved, ObservedBalancer } from '../../kubernetes/balancers/observed.ts';
import { addressInFile } from '../../kubernetes/balancers/parts.ts';
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
import type { Finding } from '../finding.ts';
import type { Environment } from '../../../config/schema/environment.ts';

/** Two of one name: without an id the controller does nothing at all, and a new Service may get the wrong one. */
export const balancerTwin: Check<'balancers'> = {
  id: 'balancer-twin',
  title: 'each Service has one load balancer of its name',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { balancer, staleId, namesakes } = match;
      // With an id that is stale, or another's, the question is another one.
      if (staleId !== undefined || namesakes.length === 0) return [];
      if (balancer !== undefined && claimOn(balancer, observed) !== 'ours') return [];
      return [findingOf(match, observed, environment)];
    }),
};

function findingOf(match: Match, observed: BalancersObserved, environment: Environment): Finding {
  const { service, part, balancer, namesakes } = match;
  const all = balancer === undefined ? namesakes : [balancer, ...namesakes];
  const ours = all.filter((one) => claimOn(one, observed) === 'ours');
  const kept = balancer ?? bestOf(ours, observed);
  const spare = ours.filter((one) => one !== kept);
  const foreign = all.filter((one) => one !== kept && !ours.includes(one));
  const repair = kept === undefined ? [] : repairOf(match, { kept, spare }, observed, environment);
  return {
    ...about(match),
    ...(balancer === undefined
      ? {}
      : { harm: spare.length > 0 ? ('leftOver' as const) : ('willStop' as const) }),
    what: `There are ${all.length} load balancers with the name of ${service.name}'s.`,
    evidence: [
      serviceLine(service),
      ...all.flatMap((one) => [balancerLine(one, observed.now), ...floatingIpLine(one, observed)]),
      ...foreign.map(({ id }) => `${id}: its members are no nodes of this cluster, or it has none`),
      ...warningLine(service),
    ],
    meaning:
      balancer === undefined
        ? `${closed(part)} The controller does not know which to take, and takes none.`
        : 'It works as long as the Service keeps the id of its own. One that is made anew could take over the other.',
    fix: fixOf(repair.length > 0, foreign.length > 0, environment),
    ...(repair.length === 0 ? {} : { repair }),
  };
}

function fixOf(isRepaired: boolean, isForeign: boolean, environment: Environment): string {
  const own = `${fixCommand('balancer-twin', environment)} tells the Service which one is its own, and deletes what is this cluster's and not used.`;
  const other =
    'One of them may be of another cluster with the same name in this project, and is left alone: give one of the clusters another name (`--cluster-name` of its cloud controller) before a Service is made anew.';
  return [...(isRepaired ? [own] : []), ...(isForeign || !isRepaired ? [other] : [])].join(' ');
}

function repairOf(
  match: Match,
  { kept, spare }: { readonly kept: ObservedBalancer; readonly spare: readonly ObservedBalancer[] },
  observed: BalancersObserved,
  environment: Environment,
) {
  const reason = `there are several load balancers of its name; ${kept.id} is the one in use`;
  const address = addressInFile(match.service, environment) ?? floatingIpOf(kept, observed)?.address;
  const pinned =
    match.balancer === undefined
      ? (pointTo(match, kept, { reason, observed, environment, address }) ?? [])
      : [];
  const needs = pinned.flatMap(({ id }, index) => (index === pinned.length - 1 ? [id] : []));
  const removed = spare
    // Octavia refuses to delete one that is being changed; by one with a floating IP people may come in.
    .filter((one) => !isPending(one.provisioning) && floatingIpOf(one, observed) === undefined)
    .flatMap((one) => remove(one, { reason: 'the Service has another one of its name' }));
  return [...pinned, ...removed.map((step) => ({ ...step, needs }))];
}

/** The one that people come by, else one that works, else the oldest. */
function bestOf(
  ours: readonly ObservedBalancer[],
  observed: BalancersObserved,
): ObservedBalancer | undefined {
  const rank = (one: ObservedBalancer): number =>
    (floatingIpOf(one, observed) === undefined ? 2 : 0) + (one.provisioning === 'ACTIVE' ? 0 : 1);
  return ours
    .filter(({ provisioning }) => provisioning !== 'ERROR')
    .toSorted((a, b) => rank(a) - rank(b) || minutesSince(b.created, a.created))[0];
}
