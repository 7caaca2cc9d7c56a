import type { RevisionChoice } from '../plan.ts';
import { hindrance } from './hindrance.ts';
import type { Revision } from './observed.ts';

/** What Helm writes over the description of a revision that fails (its `pkg/action` install, upgrade and rollback). */
const failed = /^(?:Release|Upgrade|Rollback) ".*" failed:/;

/**
 * It worked at some time. Helm calls one superseded that has never worked, too, where none had worked before the next one: the
 * first install, as a rule. It leaves its description as it is then.
 */
export function wasDeployed({ status, description = '' }: Revision): boolean {
  return status === 'deployed' || (status === 'superseded' && !failed.test(description));
}

/** The revisions of the hub's release that one could go back to, and the one it is at. */
export function choicesOf(
  history: readonly Revision[],
  current: Revision,
  to: Revision | undefined,
): RevisionChoice[] {
  return history
    .filter((revision) => revision === current || wasDeployed(revision))
    .map((revision) => {
      const { number, deployedAt, chart, status, description = '' } = revision;
      const why = revision === current ? undefined : hindrance('jupyterhub', current, revision);
      return {
        number,
        deployedAt,
        chart: chart.version,
        status,
        description,
        is: placeOf(revision, current, to),
        ...(why === undefined ? {} : { hindrance: why }),
      };
    });
}

function placeOf(revision: Revision, current: Revision, to: Revision | undefined): RevisionChoice['is'] {
  if (revision === current) return 'current';
  return revision === to ? 'chosen' : 'other';
}

/** One in each line, as Helm tells them. */
export function linesOf(choices: readonly RevisionChoice[]): string {
  return choices
    .map(
      ({ number, deployedAt, chart, status, description }) =>
        `${number}  ${deployedAt}  chart ${chart}  ${status}  ${description}`,
    )
    .join('\n');
}
