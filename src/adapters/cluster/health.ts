import type { ClusterHealth, Fault } from '../../plan/kubernetes/health.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';
import { hindranceOf } from '../kubernetes/hindrance.ts';
import { ownerOf, serverPods } from '../kubernetes/pods.ts';
import { readinessOf } from '../kubernetes/readiness.ts';
import type { ClusterContext } from './context.ts';
import { refOf } from './namespaced.ts';
import { homeClaims, loadBalancers } from './observe-storage.ts';

/** Seconds that something may take before it counts as a fault. */
const patience: Readonly<Record<Fault['kind'], number>> = {
  home: 60,
  // Its image may have to be pulled, or a node to come.
  server: 5 * 60,
  loadBalancer: 0,
  storage: 0,
};

/** Of each kind: why it is so is asked of the cluster one by one. */
const mostReasons = 20;

interface Suspect {
  readonly kind: Fault['kind'];
  readonly object: LiveObject;
  readonly owner?: string;
  /** A claim whose class gives it a volume when a server uses it. */
  readonly bindsLate?: boolean;
}

/** Looks whether homes, load balancers, the storage and people's servers can be used. */
export async function examineCluster(
  { api: open, namespace, environment }: ClusterContext,
  systems: readonly System[],
): Promise<ClusterHealth> {
  const api = await open();
  const storage = systems.find(({ id }) => id === 'longhorn')?.release?.namespace;
  const namespaces = [namespace, ...(storage === undefined ? [] : [storage])];
  const [classes, homes, servers, balancers, workloads] = await Promise.all([
    storageClasses(api),
    homeClaims(api, namespace),
    serverPods(api, namespace),
    Promise.all(namespaces.map((one) => loadBalancers(api, one))),
    storage === undefined ? [] : workloadsIn(api, storage),
  ]);
  const suspects: Suspect[] = [
    ...homes.map(({ claim, owner }): Suspect => {
      const bindsLate = classes.get(claim.spec?.storageClassName ?? '') === 'WaitForFirstConsumer';
      return { kind: 'home', object: claim, owner, bindsLate };
    }),
    ...servers.map((pod): Suspect => {
      const object = { ...pod, apiVersion: 'v1', kind: 'Pod' } as unknown as LiveObject;
      return { kind: 'server', object, owner: ownerOf(pod) };
    }),
    ...balancers.flat().map((object): Suspect => ({ kind: 'loadBalancer', object })),
    ...workloads.map((object): Suspect => ({ kind: 'storage', object })),
  ];
  return {
    homesClass: classes.has(environment.homes.storageClass),
    faults: await faultsOf(api, suspects),
  };
}

/** When each binds its claims, by name. */
async function storageClasses(api: KubernetesApi): Promise<ReadonlyMap<string, string | undefined>> {
  const classes = await api.list<LiveObject & { readonly volumeBindingMode?: string }>({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
  });
  return new Map(classes.map(({ metadata, volumeBindingMode }) => [metadata.name, volumeBindingMode]));
}

/** Those of the chart, and those that Longhorn makes for itself when it runs. */
async function workloadsIn(api: KubernetesApi, namespace: string): Promise<LiveObject[]> {
  const lists = ['Deployment', 'DaemonSet'].map(async (kind) => {
    const objects = await api.list({ apiVersion: 'apps/v1', kind, namespace });
    // In a list they do not say what they are.
    return objects.map((object): LiveObject => ({ ...object, apiVersion: 'apps/v1', kind }));
  });
  return (await Promise.all(lists)).flat();
}

async function faultsOf(api: KubernetesApi, suspects: readonly Suspect[]): Promise<Fault[]> {
  const now = Date.now() + api.clockAhead();
  const asked = new Map<Fault['kind'], number>();
  const faults = suspects.map(async ({ kind, object, owner, bindsLate }): Promise<Fault[]> => {
    const readiness = readinessOf(object, bindsLate);
    const ageSeconds = Math.round((now - Date.parse(object.metadata.creationTimestamp)) / 1000);
    if (readiness.ready || ageSeconds < patience[kind]) return [];
    const before = asked.get(kind) ?? 0;
    asked.set(kind, before + 1);
    const reason = before < mostReasons ? await hindranceOf(api, object) : undefined;
    const why = [readiness.failed ?? readiness.state, reason?.text].filter(Boolean).join('; ');
    return [{ kind, ref: refOf(object), ...(owner === undefined ? {} : { owner }), ageSeconds, why }];
  });
  return (await Promise.all(faults)).flat();
}
