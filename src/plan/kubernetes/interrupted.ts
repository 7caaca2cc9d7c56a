import { checkId } from '../plan.ts';
import type { ClusterObserved } from './observed.ts';

/** Whether the run that did not come to its end has done its steps, and only the check that follows them is left. */
export function onlyUnchecked({ open }: NonNullable<ClusterObserved['interrupted']>): boolean {
  return open.length === 1 && open[0] === checkId;
}

const waits: ReadonlySet<string> = new Set(['certificate:conditions', 'certificate:issued']);

/** Whether nothing of it is half done: it asked for a certificate, or was about to. How that stands the certificate itself tells. */
export function onlyAwaited({ command, open }: NonNullable<ClusterObserved['interrupted']>): boolean {
  const asks = / (certificates \S+ issue|doctor \S+ --fix)$/.test(command);
  return asks && open.length > 0 && open.every((id) => waits.has(id));
}
