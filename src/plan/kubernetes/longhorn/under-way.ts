import type { System } from '../../../platform/kubernetes/system.ts';
import type { Note, Refusal } from '../../plan.ts';
import type { ClusterObserved } from '../observed.ts';
import { releaseKey } from '../releases.ts';

/** What other commands may do while a reinstall of the cluster's Longhorn has not come to its end. */

interface Looked {
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

type UnderWay = NonNullable<ClusterObserved['reinstall']>;

/** With an environment its claims go, and what is written down of the volumes of all. */
export function destroyHeld({ observed: { reinstall } }: Pick<Looked, 'observed'>): Refusal | undefined {
  return reinstall && reinstalling(reinstall, 'a destroy in the middle of it would lose what it brings back');
}

/** A Longhorn that something else installs meanwhile is empty, and people would get new homes. */
export function changeHeld(looked: Looked): Refusal | undefined {
  const { reinstall } = looked.observed;
  if (reinstall === undefined || !mayBeGone(reinstall, looked)) return undefined;
  return reinstalling(reinstall, 'volumes are gone until it has brought them back');
}

export function savingNotes(looked: Looked): Note[] {
  const { reinstall } = looked.observed;
  if (reinstall === undefined || mayBeGone(reinstall, looked)) return [];
  const text = `${reinstall.environment} (${reinstall.namespace}) has begun to reinstall Longhorn, and nothing is deleted yet: ${goesOn(reinstall)}`;
  return [{ severity: 'warning', text }];
}

/** There is one at a time in a cluster, and its environment alone goes on with it. */
export function reinstalling(reinstall: Omit<UnderWay, 'done'>, why: string): Refusal {
  return {
    what: `${reinstall.environment} is in the middle of reinstalling Longhorn: ${why}.`,
    where: `namespace ${reinstall.namespace}`,
    fix: `${goesOn(reinstall)}.`,
  };
}

function goesOn({ environment }: Pick<UnderWay, 'environment'>): string {
  return `\`hubwright longhorn ${environment} reinstall\` goes on with it`;
}

/** The uninstall has begun, or somebody else has uninstalled it. */
function mayBeGone({ done }: UnderWay, { systems, observed }: Looked): boolean {
  const release = systems.find(({ id }) => id === 'longhorn')?.release;
  const isThere = release === undefined || observed.releases[releaseKey(release)] !== undefined;
  return done.includes('removing') || !isThere;
}
