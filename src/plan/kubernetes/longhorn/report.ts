import type { ClusterHealth } from '../health.ts';
import type { ClusterObserved } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import type { BackupTarget, LonghornObserved, LonghornVolume } from './observed.ts';
import type { ReinstallLooked } from './progress.ts';

/** What people are told of Longhorn. */
export interface LonghornReport {
  readonly namespace: string;
  /** Of its chart; undefined: it is not installed. */
  readonly version: string | undefined;
  /** Parts that do not run, and why. */
  readonly broken: readonly string[];
  readonly volumes: readonly (LonghornVolume & { readonly usedBy: string | undefined })[];
  readonly targets: readonly BackupTarget[];
  /** A reinstall that has not come to its end. */
  readonly reinstall: { readonly environment: string; readonly saved: number } | undefined;
}

export function longhornReport({
  system,
  observed,
  health,
  longhorn,
}: {
  readonly system: ReinstallLooked['system'];
  readonly observed: ClusterObserved;
  readonly health: ClusterHealth;
  readonly longhorn: LonghornObserved;
}): LonghornReport {
  const { namespace, volumes, targets, users, reinstall } = longhorn;
  return {
    namespace,
    version: observed.releases[releaseKey(system.release)]?.newest.chart.version,
    broken: health.faults.flatMap(({ kind, ref, why }) =>
      kind === 'storage' ? [`${ref.name}: ${why}`] : [],
    ),
    volumes: volumes
      .map((volume) => ({
        ...volume,
        usedBy: users.find(
          ({ namespace: its, claim }) => its === volume.claim?.namespace && claim === volume.claim.name,
        )?.pod,
      }))
      .toSorted((a, b) => (ownerOf(a) < ownerOf(b) ? -1 : 1)),
    targets,
    reinstall: reinstall && {
      environment: reinstall.environment,
      saved: reinstall.volumes.filter(({ saved }) => saved).length,
    },
  };
}

function ownerOf({ name, claim }: LonghornVolume): string {
  return claim === undefined ? name : `${claim.namespace}/${claim.name}`;
}

/** Whether somebody should look: exit code 1. */
export function isWell({ version, broken, volumes, reinstall }: LonghornReport): boolean {
  const isFaulted = volumes.some(({ robustness }) => robustness === 'faulted');
  return version !== undefined && broken.length === 0 && reinstall === undefined && !isFaulted;
}
