import type { VolumeUser } from '../../../plan/kubernetes/longhorn/observed.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';
import { isServer, ownerOf } from '../../kubernetes/pods.ts';
import type { Pod } from '../../kubernetes/shapes.ts';

/** A volume of Longhorn as Kubernetes has it. */
export interface LonghornClaim {
  /** Of the PersistentVolume. */
  readonly pv: string;
  /** Name of Longhorn's volume. */
  readonly volume: string;
  readonly claim: { readonly namespace: string; readonly name: string } | undefined;
  readonly phase: string | undefined;
}

type PersistentVolume = LiveObject & {
  readonly spec?: {
    readonly csi?: { readonly driver?: string; readonly volumeHandle?: string };
    readonly claimRef?: { readonly namespace?: string; readonly name?: string };
  };
  readonly status?: { readonly phase?: string };
};

const driver = 'driver.longhorn.io';

export async function longhornClaims(api: KubernetesApi): Promise<LonghornClaim[]> {
  const all = await api.list<PersistentVolume>({ apiVersion: 'v1', kind: 'PersistentVolume' });
  return all.flatMap(({ metadata, spec, status }) => {
    const { csi, claimRef: { namespace, name } = {} } = spec ?? {};
    if (csi?.driver !== driver || csi.volumeHandle === undefined) return [];
    const claim = namespace === undefined || name === undefined ? undefined : { namespace, name };
    return [{ pv: metadata.name, volume: csi.volumeHandle, claim, phase: status?.phase }];
  });
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

type Owned = LiveObject & {
  readonly metadata: { readonly ownerReferences?: readonly Owner[] };
};

type UsingPod = Owned &
  Pod & {
    readonly spec?: {
      readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
    };
  };

/** Pods that have one of these volumes mounted, or are about to. */
export async function volumeUsers(
  api: KubernetesApi,
  claims: readonly LonghornClaim[],
): Promise<VolumeUser[]> {
  const namespaces = new Set(claims.flatMap(({ claim }) => claim?.namespace ?? []));
  const found = [...namespaces].map(async (namespace) => {
    const names = new Set(claims.flatMap(({ claim }) => (claim?.namespace === namespace ? claim.name : [])));
    const pods = await api.list<UsingPod>({ apiVersion: 'v1', kind: 'Pod', namespace });
    return Promise.all(pods.flatMap((pod) => userOf(pod, { api, namespace, names })));
  });
  return (await Promise.all(found)).flat();
}

interface Within {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly names: ReadonlySet<string>;
}

function userOf(pod: UsingPod, { api, namespace, names }: Within): Promise<VolumeUser>[] {
  const { phase } = pod.status ?? {};
  // One that has ended holds no volume any more.
  if (phase === 'Succeeded' || phase === 'Failed') return [];
  const used = (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: its }) => its?.claimName ?? []);
  const claim = used.find((one) => names.has(one));
  if (claim === undefined) return [];
  const { name } = pod.metadata;
  const by = async (): Promise<VolumeUser['by']> => {
    if (isServer(pod)) return { kind: 'server', user: ownerOf(pod) };
    const ref = await workloadOf(api, pod, namespace);
    return ref === undefined ? { kind: 'other' } : { kind: 'workload', ref };
  };
  return [by().then((its) => ({ namespace, pod: name, claim, by: its }))];
}

/** What can be scaled to stop the pod. */
async function workloadOf(
  api: KubernetesApi,
  { metadata }: Owned,
  namespace: string,
): Promise<ObjectRef | undefined> {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name } = owner;
  if (kind === 'StatefulSet' || kind === 'Deployment') return { apiVersion, kind, name, namespace };
  if (kind !== 'ReplicaSet') return undefined;
  const set = await api.get<Owned>({ apiVersion, kind, name, namespace });
  return set && workloadOf(api, set, namespace);
}
