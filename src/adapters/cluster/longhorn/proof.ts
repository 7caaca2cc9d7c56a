import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Kept, KeptVolume, Recorded } from './record.ts';
import { type Volume, isAttached, isLive, volumesIn } from './shapes.ts';

/** What of a volume is another one each time that somebody has had it, and so may have written to it. */
export interface Marks {
  readonly uid: string;
  /** Longhorn writes the node into its spec with each attach, and takes it out again. */
  readonly generation?: number;
  /** When its last pod had left it, as it was before its snapshot: what is written while it is saved shows. */
  readonly lastUse?: string;
}

export function marksOf({ metadata: { uid, generation }, status }: Volume): Marks {
  const lastUse = status?.kubernetesStatus?.lastPodRefAt || undefined;
  return {
    uid,
    ...(generation === undefined ? {} : { generation }),
    ...(lastUse === undefined ? {} : { lastUse }),
  };
}

/** Nobody has had it since it was saved, and nobody has it now. */
export function isUntouched({ marks }: KeptVolume, volume: Volume): boolean {
  const now = marksOf(volume);
  return (
    marks?.generation !== undefined &&
    marks.uid === now.uid &&
    marks.generation === now.generation &&
    marks.lastUse === now.lastUse &&
    !isAttached(volume)
  );
}

/** Those whose backup is whole. */
export function savedOf({ kept, volumes }: Pick<Recorded, 'kept' | 'volumes'>): KeptVolume[] {
  return volumes.filter(({ url, run }) => url !== undefined && run === kept.run);
}

/** Some of what is saved is gone already, in an uninstall that was begun: those backups are all that there is of it. */
export async function hasLost(api: KubernetesApi, record: Recorded): Promise<boolean> {
  if (!record.kept.done.includes('removing')) return false;
  const live = new Set((await volumesIn(api)).filter(isLive).map(({ metadata }) => metadata.uid));
  return savedOf(record).some(({ marks }) => !live.has(marks?.uid ?? ''));
}

/** The definition of its volumes goes with each uninstall, and with it every volume; no upgrade makes it anew. */
export async function identityOf(api: KubernetesApi): Promise<string | undefined> {
  const name = 'volumes.longhorn.io';
  const ref = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name };
  return (await api.get(ref))?.metadata.uid;
}

/** The one that was to be uninstalled is gone: somebody has installed another one since. */
export function isAnother({ identity }: Pick<Kept, 'identity'>, now: string | undefined): boolean {
  return identity !== undefined && now !== undefined && identity !== now;
}
