import type { Environment } from '../../../config/schema/environment.ts';
import { type GroupStatus, groupIn, groupMeant, statusOf } from '../../kubernetes/nodes/autoscaler-status.ts';
import { capacityOf } from '../../kubernetes/nodes/capacity.ts';
import { workerGroups } from '../../kubernetes/nodes/groups.ts';
import type { WaitingPod, WorkloadSeen } from '../../kubernetes/nodes/observed.ts';
import { waitingByReason, whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { Check } from '../check.ts';

/** Somebody waits, and the group that could take them may not grow. */
export const autoscalerAtMaximum: Check<'nodes' | 'autoscaler'> = {
  id: 'autoscaler-at-maximum',
  title: 'nobody waits for a node group that is at its maximum',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes, autoscaler }, environment) => {
    const stopped = waitingByReason(nodes, autoscaler).filter(({ reasons }) =>
      reasons.some(({ kind }) => kind === 'maximum' || kind === 'allNodes'),
    );
    const pods = stopped.flatMap((waiting) => waiting.pods);
    if (pods.length === 0) return [];
    const status = statusOf(autoscaler);
    const full = (status?.groups ?? []).filter(({ target, max }) => target >= max);
    const groups = fitting(full, pods, { nodes, environment });
    const ofAll = stopped.some(({ reasons }) => reasons.some(({ kind }) => kind === 'allNodes'));
    return [
      {
        subject: 'node groups',
        harm: pods.some(({ user }) => user !== undefined) ? 'someCannotWork' : 'willStop',
        what: `No node comes for ${whoWaits(pods)}: the autoscaler may make no more.`,
        evidence: [
          ...groups.map(({ id, target, max }) => `${id} has ${target} nodes, and may have ${max}`),
          ...stopped.flatMap(({ said }) => (said ? [`the autoscaler: ${said.message}`] : [])),
        ],
        meaning: 'They wait until somebody stops, or until the group may have more nodes.',
        fix: fixOf(groups, ofAll, environment),
      },
    ];
  },
};

/** Of the full groups those whose nodes would do; all of them where that is not known. */
function fitting(
  full: readonly GroupStatus[],
  pods: readonly WaitingPod[],
  { nodes: { nodes }, environment }: { readonly nodes: WorkloadSeen; readonly environment: Environment },
): readonly GroupStatus[] {
  const profiles = new Set(pods.map(({ profile }) => profile));
  const { seatings } = capacityOf(environment, { nodes, flavors: undefined }, undefined);
  const taking = seatings.filter(({ profile, seats }) => seats > 0 && profiles.has(profile));
  const known = workerGroups(nodes, environment);
  const found = full.filter(({ id }) => {
    const meant = groupMeant(id, known);
    return meant !== undefined && taking.some(({ group }) => group === meant);
  });
  return found.length > 0 ? found : full;
}

function fixOf(groups: readonly GroupStatus[], ofAll: boolean, { name }: Environment): string {
  if (groups.length === 0 && ofAll)
    return '`--max-nodes-total` on the command line of the autoscaler has to be raised by those who run it.';
  const commands = groups.map(
    ({ id, max }) => `\`hubwright nodes ${name} scale ${groupIn(id)} --max ${max + 1}\``,
  );
  if (commands.length === 0)
    return `\`hubwright nodes ${name}\` shows the groups; \`… scale GROUP --max NUMBER\` allows more.`;
  return `${commands.join(' or ')} allows one more, if the quota does.`;
}
