import type { ApiResource } from './api.ts';

type Known = readonly [group: string, version: string, plural: string, clusterScoped?: true];

/** Kinds that every cluster serves, so that nothing has to be asked for them. */
const builtIn: Readonly<Record<string, Known>> = {
  ConfigMap: ['', 'v1', 'configmaps'],
  Endpoints: ['', 'v1', 'endpoints'],
  Event: ['', 'v1', 'events'],
  Namespace: ['', 'v1', 'namespaces', true],
  Node: ['', 'v1', 'nodes', true],
  PersistentVolume: ['', 'v1', 'persistentvolumes', true],
  PersistentVolumeClaim: ['', 'v1', 'persistentvolumeclaims'],
  Pod: ['', 'v1', 'pods'],
  ResourceQuota: ['', 'v1', 'resourcequotas'],
  Secret: ['', 'v1', 'secrets'],
  Service: ['', 'v1', 'services'],
  ServiceAccount: ['', 'v1', 'serviceaccounts'],
  ControllerRevision: ['apps', 'v1', 'controllerrevisions'],
  DaemonSet: ['apps', 'v1', 'daemonsets'],
  Deployment: ['apps', 'v1', 'deployments'],
  ReplicaSet: ['apps', 'v1', 'replicasets'],
  StatefulSet: ['apps', 'v1', 'statefulsets'],
  CronJob: ['batch', 'v1', 'cronjobs'],
  Job: ['batch', 'v1', 'jobs'],
  Lease: ['coordination.k8s.io', 'v1', 'leases'],
  Ingress: ['networking.k8s.io', 'v1', 'ingresses'],
  NetworkPolicy: ['networking.k8s.io', 'v1', 'networkpolicies'],
  PodDisruptionBudget: ['policy', 'v1', 'poddisruptionbudgets'],
  ClusterRole: ['rbac.authorization.k8s.io', 'v1', 'clusterroles', true],
  ClusterRoleBinding: ['rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', true],
  Role: ['rbac.authorization.k8s.io', 'v1', 'roles'],
  RoleBinding: ['rbac.authorization.k8s.io', 'v1', 'rolebindings'],
  PriorityClass: ['scheduling.k8s.io', 'v1', 'priorityclasses', true],
  CSIDriver: ['storage.k8s.io', 'v1', 'csidrivers', true],
  StorageClass: ['storage.k8s.io', 'v1', 'storageclasses', true],
  CustomResourceDefinition: ['apiextensions.k8s.io', 'v1', 'customresourcedefinitions', true],
};

/** How that kind is addressed; undefined: the cluster has to be asked (`fromDiscovery`). */
export function knownResource(apiVersion: string, kind: string): ApiResource | undefined {
  const { group, version } = splitApiVersion(apiVersion);
  const known = builtIn[kind];
  if (!known || known[0] !== group || known[1] !== version) return undefined;
  return { group, version, kind, plural: known[2], namespaced: known[3] !== true };
}

export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash === -1
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Where the kinds of that version are listed, and where their objects are. */
export function versionPath({ group, version }: { group: string; version: string }): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** Kinds in the answer of `versionPath`; subresources (`pods/log`) left out. */
export function fromDiscovery(apiVersion: string, answer: unknown): ApiResource[] {
  const { resources } = answer as { resources?: { name: string; kind: string; namespaced: boolean }[] };
  return (resources ?? [])
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced }) => ({
      ...splitApiVersion(apiVersion),
      kind,
      plural: name,
      namespaced,
    }));
}

/** Path of one object, or of all without a name; of all namespaces without a namespace. */
export function objectPath(
  resource: ApiResource,
  { name, namespace }: { readonly name?: string | undefined; readonly namespace?: string | undefined },
): string {
  const within =
    resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const one = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${versionPath(resource)}${within}/${resource.plural}${one}`;
}

/** `?a=b`, without what is undefined. */
export function queryOf(parts: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parts)) if (value !== undefined) query.set(key, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
