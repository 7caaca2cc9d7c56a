import type { ClusterObserved, ObservedVolume } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';
import { refOf } from './namespaced.ts';

/** Homes with the volumes that carry them, and load balancers: what costs money while it is there. */
export async function observeStorage(
  api: KubernetesApi,
  namespace: string,
): Promise<Pick<ClusterObserved, 'homes' | 'volumes' | 'loadBalancers'>> {
  const [homes, volumes, balancers] = await Promise.all([
    homeClaims(api, namespace),
    observeVolumes(api),
    loadBalancers(api, namespace),
  ]);
  return {
    homes: homes.map(({ owner, claim }) => ({ owner, ref: refOf(claim) })),
    volumes,
    loadBalancers: balancers.map(refOf),
  };
}

type Volume = LiveObject & {
  readonly spec?: {
    readonly claimRef?: { readonly namespace?: string; readonly name?: string };
    readonly csi?: { readonly driver?: string };
    readonly persistentVolumeReclaimPolicy?: string;
  };
  readonly status?: { readonly phase?: string };
};

/** All volumes of the cluster: whose they are only their claims tell. */
async function observeVolumes(api: KubernetesApi): Promise<ObservedVolume[]> {
  const volumes = await api.list<Volume>({ apiVersion: 'v1', kind: 'PersistentVolume' });
  return volumes.map(({ metadata, spec, status }) => {
    const { namespace, name } = spec?.claimRef ?? {};
    return {
      name: metadata.name,
      driver: spec?.csi?.driver,
      claim: namespace === undefined || name === undefined ? undefined : { namespace, name },
      // One whose deletion has failed is `Failed`.
      claimDeleted: status?.phase === 'Released' || status?.phase === 'Failed',
      goesWithClaim: spec?.persistentVolumeReclaimPolicy === 'Delete',
      labels: metadata.labels ?? {},
    };
  });
}

/** A claim with the parts that are read here. */
type Claim = LiveObject & { readonly spec?: { readonly storageClassName?: string } };

/** Volume claims of people (KubeSpawner's label) and of the hub's database (z2jh's name). */
export async function homeClaims(
  api: KubernetesApi,
  namespace: string,
): Promise<{ readonly owner: string; readonly claim: Claim }[]> {
  const claims = await listOf<Claim>(api, 'PersistentVolumeClaim', namespace);
  return claims.flatMap((claim) => {
    const { name, labels = {}, annotations = {} } = claim.metadata;
    if (name === 'hub-db-dir') return [{ owner: 'the hub', claim }];
    if (labels['component'] !== 'singleuser-storage') return [];
    return [{ owner: annotations['hub.jupyter.org/username'] ?? name, claim }];
  });
}

type Service = LiveObject & { readonly spec?: { readonly type?: string } };

/** They may be left when their release is gone: the cloud takes its time to take them down. */
export async function loadBalancers(api: KubernetesApi, namespace: string): Promise<LiveObject[]> {
  const services = await listOf<Service>(api, 'Service', namespace);
  return services.filter(({ spec }) => spec?.type === 'LoadBalancer');
}

/** In a list objects do not say what they are. */
async function listOf<Kind extends LiveObject>(
  api: KubernetesApi,
  kind: string,
  namespace: string,
): Promise<Kind[]> {
  const objects = await api.list<Kind>({ apiVersion: 'v1', kind, namespace });
  return objects.map((object) => ({ ...object, apiVersion: 'v1', kind }));
}
