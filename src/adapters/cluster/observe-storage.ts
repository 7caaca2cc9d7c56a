import type { ClusterObserved, ObjectRef, ObservedVolume } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';

/** Homes with the volumes that carry them, and load balancers: what costs money while it is there. */
export async function observeStorage(
  api: KubernetesApi,
  namespace: string,
): Promise<Pick<ClusterObserved, 'homes' | 'volumes' | 'loadBalancers'>> {
  const [homes, volumes, loadBalancers] = await Promise.all([
    observeHomes(api, namespace),
    observeVolumes(api),
    observeLoadBalancers(api, namespace),
  ]);
  return { homes, volumes, loadBalancers };
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

/** Volume claims of people (KubeSpawner's label) and of the hub's database (z2jh's name). */
async function observeHomes(api: KubernetesApi, namespace: string): Promise<ClusterObserved['homes']> {
  const claims = await api.listMetadata({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace });
  return claims.flatMap(({ metadata: { name, labels = {}, annotations = {} } }) => {
    const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace };
    if (name === 'hub-db-dir') return [{ owner: 'the hub', ref }];
    if (labels['component'] !== 'singleuser-storage') return [];
    return [{ owner: annotations['hub.jupyter.org/username'] ?? name, ref }];
  });
}

type Service = LiveObject & { readonly spec?: { readonly type?: string } };

/** They may be left when their release is gone: the cloud takes its time to take them down. */
export async function observeLoadBalancers(api: KubernetesApi, namespace: string): Promise<ObjectRef[]> {
  const services = await api.list<Service>({ apiVersion: 'v1', kind: 'Service', namespace });
  return services
    .filter(({ spec }) => spec?.type === 'LoadBalancer')
    .map(({ metadata: { name } }) => ({ apiVersion: 'v1', kind: 'Service', name, namespace }));
}
