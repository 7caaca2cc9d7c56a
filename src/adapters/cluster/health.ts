import { nowOf } from '../kubernetes/age.ts';
import type { ClusterHealth, Fault, FaultCondition } from '../../plan/kubernetes/health.ts';
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
  part: 0,
  storage: 0,
  recording: 0,
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

/** Looks whether homes, load balancers, the parts of the hub and beneath it, and people's servers can be used. */
export async function examineCluster(
  { api: open, namespace, environment }: ClusterContext,
  systems: readonly System[],
): Promise<ClusterHealth> {
  const api = await open();
  const namespaceOf = (system: System['id']) => systems.find(({ id }) => id === system)?.release?.namespace;
  const [storage, stack] = [namespaceOf('longhorn'), namespaceOf('monitoring')];
  const namespaces = [namespace, ...(storage === undefined ? [] : [storage])];
  const [classes, homes, servers, balancers, parts, storing, recorders] = await Promise.all([
    storageClasses(api),
    homeClaims(api, namespace),
    serverPods(api, namespace),
    Promise.all(namespaces.map((one) => loadBalancers(api, one))),
    objectsIn(api, namespace, [['apps/v1', 'Deployment']]),
    // Those of the chart, and those that Longhorn makes for itself when it runs.
    storage === undefined ? [] : objectsIn(api, storage, workloads),
    stack === undefined ? [] : objectsIn(api, stack, [...workloads, ...operated]),
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
    ...parts.filter(isPart).map((object): Suspect => ({ kind: 'part', object })),
    ...storing.map((object): Suspect => ({ kind: 'storage', object })),
    ...recorders.map((object): Suspect => ({ kind: 'recording', object })),
  ];
  return {
    homesClass: classes.has(environment.homes.storageClass),
    storageClasses: [...classes.keys()],
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

type Kind = readonly [apiVersion: string, kind: string];

const workloads: readonly Kind[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'DaemonSet'],
];
/** Of which the Prometheus operator makes what runs, and tells how that is. */
const operated: readonly Kind[] = [
  ['monitoring.coreos.com/v1', 'Prometheus'],
  ['monitoring.coreos.com/v1', 'Alertmanager'],
];

async function objectsIn(
  api: KubernetesApi,
  namespace: string,
  kinds: readonly Kind[],
): Promise<LiveObject[]> {
  const lists = kinds.map(async ([apiVersion, kind]) => {
    const objects = await api.list({ apiVersion, kind, namespace });
    // In a list they do not say what they are.
    return objects.map((object): LiveObject => ({ ...object, apiVersion, kind }));
  });
  return (await Promise.all(lists)).flat();
}

/** To be pending until there is room is what placeholders are for. */
function isPart({ metadata }: LiveObject): boolean {
  return metadata.labels?.['hubwright/system'] !== 'placeholders';
}

async function faultsOf(api: KubernetesApi, suspects: readonly Suspect[]): Promise<Fault[]> {
  const now = nowOf(api);
  const asked = new Map<Fault['kind'], number>();
  const faults = suspects.map(async ({ kind, object, owner, bindsLate }): Promise<Fault[]> => {
    const readiness = readinessOf(object, bindsLate);
    const ageSeconds = Math.round((now - Date.parse(object.metadata.creationTimestamp)) / 1000);
    if (readiness.ready || ageSeconds < patience[kind]) return [];
    const before = asked.get(kind) ?? 0;
    asked.set(kind, before + 1);
    const reason = before < mostReasons ? await hindranceOf(api, object) : undefined;
    const why = [readiness.failed ?? readiness.state, reason?.text].filter(Boolean).join('; ');
    const said = { ageSeconds, why, conditions: notSo(object) };
    return [{ kind, ref: refOf(object), ...(owner === undefined ? {} : { owner }), ...said }];
  });
  return (await Promise.all(faults)).flat();
}

function notSo(object: LiveObject): readonly FaultCondition[] {
  const { status } = object as { readonly status?: { readonly conditions?: readonly FaultCondition[] } };
  return (status?.conditions ?? []).filter(({ type, status: is }) =>
    type === 'ReplicaFailure' ? is === 'True' : is === 'False',
  );
}
