import type { Environment } from '../../../config/schema/environment.ts';
import type { System } from '../../../platform/kubernetes/system.ts';
import type { Note, Refusal } from '../../plan.ts';
import type { ClusterObserved } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import { isOfLonghorn } from '../volumes.ts';

/** What other commands may do while a reinstall of the cluster's Longhorn has not come to its end. */

interface Looked {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

type UnderWay = NonNullable<ClusterObserved['reinstall']>;

/** With an environment its claims go, and what is written down of the volumes of all. */
export function destroyHeld(looked: Looked): Refusal | undefined {
  const reinstall = concerning(looked);
  if (reinstall === undefined) return undefined;
  const why = 'a destroy in the middle of it would lose what it brings back';
  return reinstalling(reinstall, why, isSwitchedOff(looked));
}

/** A Longhorn that something else installs meanwhile is empty, and people would get new homes. */
export function changeHeld(looked: Looked): Refusal | undefined {
  const reinstall = concerning(looked);
  if (reinstall === undefined || !mayBeGone(reinstall, looked)) return undefined;
  return reinstalling(reinstall, 'volumes are gone until it has brought them back', isSwitchedOff(looked));
}

export function savingNotes(looked: Looked): Note[] {
  const reinstall = concerning(looked);
  if (reinstall === undefined || mayBeGone(reinstall, looked)) return [];
  const text = `${reinstall.environment} (${reinstall.namespace}) has begun to reinstall Longhorn, and nothing is deleted yet: ${goesOn(reinstall, isSwitchedOff(looked))}`;
  return [{ severity: 'warning', text }];
}

/**
 * There is one at a time in a cluster, and its environment alone goes on with it.
 *
 * @param isOff its file does not ask for Longhorn any more.
 */
export function reinstalling(reinstall: Omit<UnderWay, 'done'>, why: string, isOff = false): Refusal {
  return {
    what: `${reinstall.environment} is in the middle of reinstalling Longhorn: ${why}.`,
    where: `namespace ${reinstall.namespace}`,
    fix: `${goesOn(reinstall, isOff)}.`,
  };
}

function goesOn({ environment }: Pick<UnderWay, 'environment'>, isOff: boolean): string {
  const once = isOff ? ', once `longhorn: off` is out of its file' : '';
  return `\`hubwright longhorn ${environment} reinstall\` goes on with it${once}`;
}

/** The one that is under way, where this environment has Longhorn, or had it when it began. */
function concerning({ environment, systems, observed }: Looked): UnderWay | undefined {
  const own = environment.kubernetes?.namespace;
  const { reinstall, volumes } = observed;
  const isConcerned =
    longhornOf(systems) !== undefined ||
    reinstall?.namespace === own ||
    volumes.some((volume) => isOfLonghorn(volume) && volume.claim?.namespace === own);
  return isConcerned ? reinstall : undefined;
}

function isSwitchedOff({ environment, systems, observed: { reinstall } }: Looked): boolean {
  return longhornOf(systems) === undefined && reinstall?.namespace === environment.kubernetes?.namespace;
}

function longhornOf(systems: readonly System[]): System | undefined {
  return systems.find(({ id }) => id === 'longhorn');
}

/** The uninstall has begun, or somebody else has uninstalled it. */
function mayBeGone({ done }: UnderWay, { systems, observed }: Looked): boolean {
  const release = longhornOf(systems)?.release;
  const isThere = release === undefined || observed.releases[releaseKey(release)] !== undefined;
  return done.includes('removing') || !isThere;
}
