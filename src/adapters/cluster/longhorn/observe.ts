import type {
  BackupTarget,
  LonghornObserved,
  LonghornVolume,
  Reinstall,
} from '../../../plan/kubernetes/longhorn/observed.ts';
import type { ClusterObserved, ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ClusterContext } from '../context.ts';
import { type Scaled, hubDeployment } from '../hub-scale.ts';
import { identityOf, isAnother, isUntouched, savedOf } from './proof.ts';
import { type Recorded, anyRecord, isUndisturbed } from './record.ts';
import { type Target, type Volume, targetOf, targetsIn, volumesIn } from './shapes.ts';
import { type LonghornClaim, longhornClaims, volumeUsers } from './users.ts';

/**
 * Volumes, where they are saved, who uses them, and a reinstall that is under way.
 *
 * @param keepers what would start again those who use volumes.
 */
export async function observeLonghorn(
  context: ClusterContext,
  namespace: string,
  keepers: readonly ObjectRef[],
): Promise<LonghornObserved> {
  const api = await context.api();
  const [volumes, targets, claims, hub, running, recorded] = await Promise.all([
    volumesIn(api, namespace),
    targetsIn(api, namespace),
    longhornClaims(api),
    runningHub(context),
    runningOf(api, keepers),
    anyRecord(api),
  ]);
  return {
    namespace,
    volumes: volumes.map((volume) => volumeOf(volume, claims)),
    targets: targets.map(targetSeen),
    users: await volumeUsers(api, claims),
    hub,
    keepers: running,
    reinstall: recorded && (await reinstallOf(api, recorded, volumes)),
  };
}

/** Also where the file has no Longhorn: it may have had one when the reinstall began. */
export async function reinstallUnderWay(api: KubernetesApi): Promise<ClusterObserved['reinstall']> {
  const recorded = await anyRecord(api);
  if (recorded === undefined) return undefined;
  const { environment, done } = recorded.kept;
  return { environment, namespace: recorded.namespace, done };
}

function volumeOf(volume: Volume, claims: readonly LonghornClaim[]): LonghornVolume {
  const { metadata, spec, status = {} } = volume;
  return {
    name: metadata.name,
    size: Number(spec.size ?? 0),
    state: status.state ?? '',
    robustness: status.robustness ?? 'unknown',
    lastBackup: status.lastBackupAt || undefined,
    target: targetOf(volume),
    claim: claims.find((one) => one.volume === metadata.name)?.claim,
    deleting: metadata.deletionTimestamp !== undefined,
    hindrance: hindranceOf(volume),
  };
}

/** A whole sentence but for its subject. */
function hindranceOf({ spec, status = {} }: Volume): string | undefined {
  if (status.robustness === 'faulted') return 'is faulted: no copy of it can be read';
  if (spec.Standby === true) return 'is a copy of a volume of another cluster (standby)';
  if (spec.backingImage) return `stands on the backing image ${spec.backingImage}, which no backup has`;
  if (status.restoreRequired === true) return 'is still being restored from a backup';
  return spec.migrationNodeID ? 'is moving from one node to another' : undefined;
}

function targetSeen({ metadata, spec, status }: Target): BackupTarget {
  return {
    name: metadata.name,
    url: spec?.backupTargetURL ?? '',
    available: status?.available === true,
    message: status?.conditions?.find(({ type }) => type === 'Unavailable')?.message,
  };
}

async function runningHub(context: ClusterContext): Promise<ObjectRef | undefined> {
  const hub = await hubDeployment(context);
  if (hub === undefined || hub.spec.replicas === 0) return undefined;
  const { name, namespace } = hub.metadata;
  return { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: namespace ?? context.namespace };
}

async function runningOf(api: KubernetesApi, refs: readonly ObjectRef[]): Promise<ObjectRef[]> {
  const found = refs.map(async (ref) => {
    const now = await api.get<Scaled>(ref);
    return now === undefined || now.spec?.replicas === 0 ? [] : [ref];
  });
  return (await Promise.all(found)).flat();
}

async function reinstallOf(
  api: KubernetesApi,
  { namespace, kept, volumes }: Recorded,
  now: readonly Volume[],
): Promise<Reinstall> {
  const { environment, version, helm, stopped, done } = kept;
  const saved = new Set(savedOf({ kept, volumes }));
  const [identity, undisturbed] = await Promise.all([identityOf(api), isUndisturbed(api, kept)]);
  return {
    environment,
    namespace,
    version,
    ...(helm && { helm }),
    volumes: volumes.map((volume) => ({
      name: volume.name,
      saved: saved.has(volume),
      untouched: now.some((one) => one.metadata.name === volume.name && isUntouched(volume, one)),
    })),
    replaced: isAnother(kept, identity),
    undisturbed,
    stopped: stopped.length > 0,
    done,
  };
}
