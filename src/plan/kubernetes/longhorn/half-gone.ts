import { fewNames } from '../../names.ts';
import type { Refusal } from '../../plan.ts';
import { counted } from '../volumes.ts';
import type { LonghornObserved, LonghornVolume } from './observed.ts';

/** Longhorn does not run any more, and has volumes that nobody has saved as they are: whatever removes it deletes them. */
export function halfGone({ namespace }: LonghornObserved, open: readonly LonghornVolume[]): Refusal {
  const names = open.map(({ name }) => name);
  return {
    what: `Longhorn is half uninstalled, and what is in ${counted(open.length)} is not proven to be saved: ${fewNames(names)}.`,
    where: `namespace ${namespace}`,
    fix: `Have its parts run again (\`helm -n ${namespace} rollback longhorn\`), then run the command again: it saves what is not. Or delete what nobody needs: \`kubectl -n ${namespace} delete volumes.longhorn.io NAME\`.`,
  };
}
