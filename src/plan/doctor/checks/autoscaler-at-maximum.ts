import { groupIn, statusOf } from '../../kubernetes/nodes/autoscaler-status.ts';
import { waitingByReason, whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { Check } from '../check.ts';

/** Somebody waits, and the group that could take them may not grow. */
export const autoscalerAtMaximum: Check<'nodes'> = {
  id: 'autoscaler-at-maximum',
  title: 'nobody waits for a node group that is at its maximum',
  page: 'autoscaler',
  needs: ['nodes'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes: { autoscaler } }, environment) => {
    const pods = waitingByReason(autoscaler)
      .filter(({ reasons }) => reasons.some(({ kind }) => kind === 'maximum' || kind === 'allNodes'))
      .flatMap((waiting) => waiting.pods);
    if (pods.length === 0) return [];
    const full = (statusOf(autoscaler)?.groups ?? []).filter(({ target, max }) => target >= max);
    const group = full[0] && groupIn(full[0].id);
    return [
      {
        subject: 'node groups',
        harm: pods.some(({ user }) => user !== undefined) ? 'someCannotWork' : 'willStop',
        what: `No node comes for ${whoWaits(pods)}: the autoscaler may make no more.`,
        evidence: [
          ...full.map(({ id, target, max }) => `${id} has ${target} nodes, and may have ${max}`),
          `the autoscaler: ${pods[0]?.autoscaler?.message ?? ''}`,
        ],
        meaning: 'They wait until somebody stops, or until the group may have more nodes.',
        fix: `\`hubwright nodes ${environment.name} scale ${group ?? 'GROUP'} --max ${(full[0]?.max ?? 0) + 1}\` allows one more, if the quota does.`,
      },
    ];
  },
};
