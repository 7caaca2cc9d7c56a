import type { Note, Refusal } from '../../plan.ts';
import { releaseKey } from '../releases.ts';
import { type Numbers, compare, numbersOf } from '../version-advice.ts';
import type { ReinstallLooked } from './progress.ts';

/** A fault of Longhorn's own that an uninstall meets. */
interface Fault {
  readonly says: string;
  /** The first version of each minor in which it is mended; it is mended in all later minors. */
  readonly mended: readonly [Numbers, ...Numbers[]];
}

/** A synchronization that finds less than it knows deletes what is saved, and not only what it knows of it. */
const wipes: Fault = {
  says: 'longhorn/longhorn#9384 and #9530; longhorn-manager v1.6.4 and v1.7.2, label delete-custom-resource-only',
  mended: [
    [1, 6, 4],
    [1, 7, 2],
  ],
};

/** It waits for its manager to let go of the backup target, which it does only where an instance manager still runs. */
const hangs: Fault = {
  says: 'longhorn/longhorn#11934, mended in 1.9.3 and 1.10.1',
  mended: [
    [1, 9, 3],
    [1, 10, 1],
  ],
};

type Installed = Pick<ReinstallLooked, 'environment' | 'system' | 'observed'>;

/** Backups that its uninstall may delete save nothing. */
export function wipingRefusal(installed: Installed): Refusal | undefined {
  const version = versionOf(installed);
  const numbers = numbersOf(version ?? '');
  if (numbers !== undefined && isMended(wipes, numbers)) return undefined;
  const { environment, system } = installed;
  return {
    what:
      numbers === undefined
        ? `Nobody can tell which version of Longhorn is installed (${version ?? 'none is named'}): an old one may delete every backup while it is uninstalled.`
        : `Longhorn ${version} may delete every backup from its backup target while it is uninstalled and installed again.`,
    where: `release ${system.release.name}, namespace ${system.release.namespace}`,
    fix: `Bring it to 1.7.2 or higher first, one minor version at a time: each with \`charts: { longhorn: { version: VERSION } }\` in hub.yaml, \`hubwright charts lock\` and \`hubwright deploy ${environment.name}\`.`,
    details: `Source: ${wipes.says}`,
  };
}

export function hangingNotes(installed: Installed): Note[] {
  const version = versionOf(installed);
  const numbers = numbersOf(version ?? '');
  if (numbers === undefined || isMended(hangs, numbers)) return [];
  const text = `the uninstall of Longhorn ${version} may hang on its backup target; volumes are saved by then, and run again it goes on (${hangs.says})`;
  return [{ severity: 'warning', text }];
}

/** Of Longhorn itself: who packs its chart anew may count otherwise. */
function versionOf({ system, observed }: Installed): string | undefined {
  const chart = observed.releases[releaseKey(system.release)]?.newest.chart;
  return chart?.appVersion ?? chart?.version;
}

function isMended({ mended }: Fault, version: Numbers): boolean {
  const last = mended.reduce((one, other) => (compare(one, other) > 0 ? one : other));
  const ofMinor = mended.find(([major, minor]) => major === version[0] && minor === version[1]);
  return compare(version, ofMinor ?? last) >= 0;
}
