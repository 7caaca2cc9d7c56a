import type { Environment } from '../../../config/schema/environment.ts';
import type { Release, System } from '../../../platform/kubernetes/system.ts';
import type { BalancersInCluster, BalancersObserved } from '../balancers/observed.ts';
import type { ClusterObserved, ObservedRelease } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import type { LonghornObserved, LonghornVolume, Reinstall } from './observed.ts';

export interface LonghornIntent {
  readonly kind: 'longhorn';
  readonly stopServers: boolean;
}

export interface ReinstallLooked {
  readonly environment: Environment;
  /** Longhorn's own. */
  readonly system: System & { readonly release: Release };
  readonly observed: ClusterObserved;
  readonly longhorn: LonghornObserved;
  readonly balancers: { readonly cluster: BalancersInCluster; readonly whole: BalancersObserved | undefined };
  readonly intent: LonghornIntent;
}

/** What is certain of how far a reinstall has come: nothing is asked of memory that the cluster can tell. */
export interface Progress {
  readonly release: ObservedRelease | undefined;
  readonly kept: Reinstall | undefined;
  /** The Longhorn that was to go is gone; what is there now, if anything, is the new one. */
  readonly uninstalled: boolean;
  /** Volumes may be gone already, and each that is there is saved as it is: from here on it only goes forth. */
  readonly begun: boolean;
  /** Volumes of the old one that somebody may have written to since they were saved, if they were. */
  readonly open: readonly LonghornVolume[];
  readonly done: (id: string) => boolean;
}

export function progressOf({ system, observed, longhorn, environment }: ReinstallLooked): Progress {
  const release = observed.releases[releaseKey(system.release)];
  const mine = longhorn.reinstall?.namespace === environment.kubernetes?.namespace;
  const kept = mine ? longhorn.reinstall : undefined;
  const uninstalled = kept?.replaced === true || kept?.done.includes('uninstall') === true;
  const open = uninstalled ? [] : openOf(longhorn, kept);
  const begun =
    kept !== undefined &&
    (uninstalled || (open.length === 0 && (!works(release) || hasLost(longhorn, kept))));
  return { release, kept, uninstalled, begun, open, done: (id) => kept?.done.includes(id) === true };
}

/** Longhorn can still save a volume. */
export function works(release: ObservedRelease | undefined): boolean {
  return release !== undefined && release.newest.status !== 'uninstalling';
}

function openOf({ volumes }: LonghornObserved, kept: Reinstall | undefined): LonghornVolume[] {
  const proven = new Set(
    kept?.volumes.flatMap(({ name, saved, untouched }) => (saved && untouched ? [name] : [])),
  );
  return volumes.filter(({ name, deleting }) => !deleting && !proven.has(name));
}

/** An uninstall that was begun has taken some of what is saved. */
function hasLost({ volumes }: LonghornObserved, { done, volumes: known }: Reinstall): boolean {
  const alive = new Set(volumes.flatMap(({ name, deleting }) => (deleting ? [] : [name])));
  return done.includes('removing') && known.some(({ name, saved }) => saved && !alive.has(name));
}
