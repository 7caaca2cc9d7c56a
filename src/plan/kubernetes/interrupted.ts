import { checkId } from '../plan.ts';
import type { ClusterObserved } from './observed.ts';

/** Whether the run that did not come to its end has done its steps, and only the check that follows them is left. */
export function onlyUnchecked({ open }: NonNullable<ClusterObserved['interrupted']>): boolean {
  return open.length === 1 && open[0] === checkId;
}
