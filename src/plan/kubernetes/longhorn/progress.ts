import type { Environment } from '../../../config/schema/environment.ts';
import type { Release, System } from '../../../platform/kubernetes/system.ts';
import type { BalancersInCluster, BalancersObserved } from '../balancers/observed.ts';
import type { ClusterObserved, ObservedRelease } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import type { LonghornObserved, Reinstall } from './observed.ts';

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
  /** Volumes may be gone already: from here on it only goes forth. */
  readonly begun: boolean;
  readonly done: (id: string) => boolean;
}

export function progressOf({ system, observed, longhorn, environment }: ReinstallLooked): Progress {
  const release = observed.releases[releaseKey(system.release)];
  const mine = longhorn.reinstall?.namespace === environment.kubernetes?.namespace;
  const kept = mine ? longhorn.reinstall : undefined;
  const alive = new Set(longhorn.volumes.flatMap(({ name, deleting }) => (deleting ? [] : [name])));
  const begun =
    kept !== undefined &&
    (release === undefined ||
      release.newest.status === 'uninstalling' ||
      kept.done.includes('uninstall') ||
      (kept.done.includes('removing') && kept.volumes.some(({ name }) => !alive.has(name))));
  return { release, kept, begun, done: (id) => kept?.done.includes(id) === true };
}
