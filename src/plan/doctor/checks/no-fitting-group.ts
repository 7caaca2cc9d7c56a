import { type Reason, type Waiting, waitingByReason, whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { Check } from '../check.ts';

const byNodes: ReadonlySet<Reason['kind']> = new Set(['tooSmall', 'taint', 'labels', 'volume', 'other']);

/** More nodes of the groups that there are would not help: none of them can take that server. */
export const noFittingGroup: Check<'nodes' | 'autoscaler'> = {
  id: 'no-fitting-group',
  title: 'every server that waits fits on a node of some group',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes, autoscaler }, { name }) =>
    waitingByReason(nodes, autoscaler)
      .filter(({ reasons }) => reasons.length > 0 && reasons.every(({ kind }) => byNodes.has(kind)))
      .map((waiting) => ({
        subject: subjectOf(waiting),
        harm: waiting.pods.some(({ user }) => user !== undefined) ? 'someCannotWork' : 'leftOver',
        what: `No node group can take ${whoWaits(waiting.pods)}.`,
        evidence: [
          ...waiting.reasons.map(
            ({ groups, words }) => `of ${groups} node ${groups === 1 ? 'group' : 'groups'}: ${words}`,
          ),
          `the scheduler: ${waiting.pods[0]?.scheduler ?? ''}`,
        ],
        meaning: 'However many nodes come, none of them will do: they wait until the start times out.',
        fix: `\`hubwright capacity ${name}\` shows which profile fits where. Lower what the profile asks for, or give a group a bigger flavour: \`hubwright nodes ${name} flavor GROUP NAME\`.`,
      })),
};

function subjectOf({ pods }: Waiting): string {
  return pods[0]?.profile === undefined ? (pods[0]?.name ?? '') : `profile ${pods[0].profile}`;
}
