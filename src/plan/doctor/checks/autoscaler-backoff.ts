import { type AutoscalerStatus, statusOf } from '../../kubernetes/nodes/autoscaler-status.ts';
import type { AutoscalerSeen, WorkloadSeen } from '../../kubernetes/nodes/observed.ts';
import { waitingByReason } from '../../kubernetes/nodes/why-not.ts';
import type { Check } from '../check.ts';

const failures: ReadonlySet<string> = new Set([
  'FailedToScaleUpGroup',
  'ScaleUpTimedOut',
  'ScaleUpFailed',
  'FailedToRevertScaleUp',
]);

/** A node was asked for and did not come; for five minutes, and then for up to half an hour, none is asked for. */
export const autoscalerBackoff: Check<'nodes' | 'autoscaler'> = {
  id: 'autoscaler-backoff',
  title: 'nodes that were asked for have come',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes, autoscaler }, environment) => {
    const status = statusOf(autoscaler);
    const evidence = evidenceOf(nodes, autoscaler, status);
    if (evidence.length === 0) return [];
    const people = nodes.waiting.some(({ user }) => user !== undefined);
    return [
      {
        subject: 'autoscaler',
        harm: people ? 'someCannotWork' : 'willStop',
        what: 'A node that the autoscaler asked for did not come.',
        evidence,
        meaning:
          'It waits up to half an hour before it tries that group again. Mostly the quota is at its end, or the cloud has no host for the flavour.',
        fix: `\`hubwright nodes ${environment.name}\` shows quota and machines; once the cause is mended it tries again by itself.`,
      },
    ];
  },
};

function evidenceOf(
  nodes: WorkloadSeen,
  autoscaler: AutoscalerSeen,
  status: AutoscalerStatus | undefined,
): string[] {
  const groups = (status?.groups ?? [])
    .filter(({ scaleUp }) => scaleUp === 'Backoff')
    .map(({ id, backoff }) => `${id} is in back-off${backoff === undefined ? '' : `: ${backoff}`}`);
  const refused = waitingByReason(nodes, autoscaler).find(({ reasons }) =>
    reasons.some(({ kind }) => kind === 'backoff'),
  );
  if (groups.length === 0 && refused === undefined) return [];
  const events = autoscaler.events
    .filter(({ reason }) => failures.has(reason))
    .slice(0, 3)
    .map(({ message, ageSeconds }) => `${Math.round(ageSeconds / 60)} minutes ago: ${message}`);
  return [...groups, ...events, ...(refused?.said ? [`the autoscaler: ${refused.said.message}`] : [])];
}
