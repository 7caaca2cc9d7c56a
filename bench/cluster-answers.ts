import type { ClusterObserved, ObservedRelease } from '../src/plan/kubernetes/observed.ts';
import type { Rendered } from '../src/plan/kubernetes/releases.ts';
import type { KubernetesObject, Release, System } from '../src/platform/kubernetes/system.ts';

/** What was read of an environment's cluster, and what its charts give for the file as it is now. */
export interface Answers {
  readonly observed: ClusterObserved;
  readonly rendered: Rendered;
}

/**
 * A cluster on which the systems were deployed from another file: every release has other values and objects that
 * change, some thirty objects of the hub and ten of Longhorn are there as a server gives them back, one of them was
 * changed by hand and one deleted, and twenty people are at work.
 */
export function answersOf(systems: readonly System[]): Answers {
  const releases = systems.flatMap(({ release }) => (release === undefined ? [] : [release]));
  const rendered: Record<string, readonly KubernetesObject[]> = {};
  const observed: Record<string, ObservedRelease> = {};
  const live = systems.flatMap(({ objects }) => objects.map(asServed));
  for (const release of releases) {
    const key = `${release.namespace}/${release.name}`;
    const sent = objectsOf(release, 'before');
    rendered[key] = objectsOf(release, 'now');
    observed[key] = deployed(release, sent);
    live.push(
      ...sent.slice(1).map((object, index) => (index === 0 ? byHand(asServed(object)) : asServed(object))),
    );
  }
  return { observed: clusterOf(releases, observed, live), rendered };
}

function deployed(release: Release, objects: readonly KubernetesObject[]): ObservedRelease {
  const newest = {
    number: 1,
    status: 'deployed',
    chart: { name: release.chart, version: '1.0.0' },
    values: { ...release.values, changed: true },
    objects,
    deployedAt: '2026-11-23T09:00:00Z',
    ageSeconds: 600,
  } as const;
  return { newest, lastGood: 1, applyMethod: 'csa' };
}

function clusterOf(
  releases: readonly Release[],
  observed: ClusterObserved['releases'],
  live: readonly KubernetesObject[],
): ClusterObserved {
  return {
    context: 'c',
    server: 'https://192.0.2.1:6443',
    kubernetesVersion: 'v1.36.3',
    helm: undefined,
    namespaces: releases.map(({ namespace }) => namespace),
    namespaceMarked: true,
    releases: observed,
    live,
    owned: [],
    charts: {},
    missingSecrets: [],
    idleStack: undefined,
    accounts: [],
    nodes: [],
    servers: Array.from({ length: 20 }, (_, index) => ({
      user: `trainee-${index}`,
      profile: `p${index}`,
      fingerprint: undefined,
      started: undefined,
      lastActivity: undefined,
      ready: true,
    })),
    homes: [],
    volumes: [],
    loadBalancers: [],
    kept: [],
    hubUsers: [],
    certificate: undefined,
    interrupted: undefined,
    neighbours: [],
  };
}

/** Kinds and how many, as z2jh and Longhorn have them. */
const kinds: Readonly<
  Record<string, readonly (readonly [apiVersion: string, kind: string, count: number])[]>
> = {
  jupyterhub: [
    ['apps/v1', 'Deployment', 4],
    ['apps/v1', 'DaemonSet', 1],
    ['v1', 'Service', 4],
    ['v1', 'ConfigMap', 3],
    ['v1', 'Secret', 2],
    ['v1', 'ServiceAccount', 4],
    ['rbac.authorization.k8s.io/v1', 'Role', 4],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 4],
    ['networking.k8s.io/v1', 'NetworkPolicy', 3],
    ['policy/v1', 'PodDisruptionBudget', 2],
  ],
  longhorn: [
    ['apps/v1', 'DaemonSet', 2],
    ['apps/v1', 'Deployment', 3],
    ['v1', 'Service', 3],
    ['v1', 'ConfigMap', 2],
  ],
};

function objectsOf({ chart, namespace }: Release, state: 'before' | 'now'): KubernetesObject[] {
  return (kinds[chart] ?? []).flatMap(([apiVersion, kind, count]) =>
    Array.from({ length: count }, (_, index) => ({
      apiVersion,
      kind,
      metadata: {
        name: `${chart}-${index}`,
        namespace,
        labels: {
          app: chart,
          component: `c${index}`,
          release: chart,
          'app.kubernetes.io/version': state === 'now' ? '2' : '1',
        },
      },
      ...contents(apiVersion, `${chart}-${index}`, state),
    })),
  );
}

function contents(apiVersion: string, name: string, state: string): object {
  if (apiVersion !== 'apps/v1') {
    const keys = Array.from({ length: 8 }, (_, index) => [`key-${index}`, `value ${index} of ${name}`]);
    return { data: Object.fromEntries([...keys, ['state', state]]) as object };
  }
  const containers = Array.from({ length: 2 }, (_, index) => ({
    name: `container-${index}`,
    image: `example.org/${name}:1`,
    ports: [{ name: 'http', containerPort: 8000 + index }],
    env: Array.from({ length: 8 }, (_unused, at) => ({ name: `VARIABLE_${at}`, value: `value ${at}` })),
    resources: { requests: { cpu: '1000m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
    volumeMounts: Array.from({ length: 6 }, (_unused, at) => ({
      name: `volume-${at}`,
      mountPath: `/srv/${at}`,
    })),
    livenessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 10, failureThreshold: 30 },
  }));
  const volumes = Array.from({ length: 6 }, (_, at) => ({
    name: `volume-${at}`,
    secret: { secretName: `s${at}` },
  }));
  const metadata = { labels: { component: name }, annotations: { 'checksum/secret': state } };
  return { spec: { replicas: 1, template: { metadata, spec: { containers, volumes } } } };
}

/** With what a server adds. */
function asServed(object: KubernetesObject): KubernetesObject {
  const managedFields = [
    { manager: 'helm', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } },
  ];
  const metadata = { ...object.metadata, uid: object.metadata.name, resourceVersion: '1', managedFields };
  return { ...object, metadata, status: { observedGeneration: 1, replicas: 1, readyReplicas: 1 } };
}

function byHand(object: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, app: 'other' } } };
}
