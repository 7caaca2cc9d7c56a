import { UserError } from '../../../errors.ts';
import type { Seen } from '../../../plan/doctor/check.ts';
import type { ClusterRelease, MachinesSeen } from '../../../plan/kubernetes/nodes/machines.ts';
import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';
import { observeReleases } from '../../kubernetes/releases.ts';
import type { ClusterContext } from '../context.ts';
import { seen } from '../seen.ts';
import type { NodeParts } from '../observe.ts';
import { capiGroups, mapOf, servedVersion } from './capi-shapes.ts';
import { whichKeep } from './drain-rule.ts';
import { type CapiCluster, observeGroups } from './machine-groups.ts';
import { onManagement } from './on-management.ts';

/** What the management cluster has of this one. */
export async function observeMachines(context: ClusterContext): Promise<Seen<MachinesSeen>> {
  if (context.management === undefined) {
    const why = 'Node groups of Cluster API are on its management cluster, which the file does not name.';
    return { notSeen: `${why} Write its context as \`kubernetes.managementContext\`.`, failed: false };
  }
  return seen(() => onManagement(context, (api) => machinesIn(api, context)));
}

async function machinesIn(api: KubernetesApi, context: ClusterContext): Promise<MachinesSeen> {
  const cluster = await findCluster(api, context);
  const [groups, release, drainBehaviors, keeps] = await Promise.all([
    observeGroups(api, cluster),
    releaseOf(api, cluster),
    drainBehaviorsOf(api),
    whichKeep(api, cluster.namespace),
  ]);
  const keeping = groups.map(({ ref }) => ref.name).filter(keeps);
  return { context: api.context, cluster, groups, release, drainBehaviors, keeping };
}

/** By what its nodes say of it; without nodes that say so by the file's name, or because there is only one. */
async function findCluster(api: KubernetesApi, context: ClusterContext): Promise<CapiCluster> {
  const nodes = await (await context.api()).list<NodeParts>({ apiVersion: 'v1', kind: 'Node' });
  for (const { metadata } of nodes) {
    const { annotations = {} } = metadata;
    const [name, namespace] = ['name', 'namespace'].map(
      (what) => annotations[`cluster.x-k8s.io/cluster-${what}`],
    );
    if (name !== undefined && namespace !== undefined) return { name, namespace };
  }
  const version = await servedVersion(api, capiGroups.cluster, 'Cluster');
  const all =
    version === undefined
      ? []
      : await api.listMetadata({ apiVersion: `${capiGroups.cluster}/${version}`, kind: 'Cluster' });
  const wanted = context.environment.openstack?.clusterName;
  const named = all.filter(({ metadata }) => metadata.name === wanted);
  const [only, ...others] = named.length > 0 ? named : all;
  if (only !== undefined && others.length === 0)
    return { name: only.metadata.name, namespace: only.metadata.namespace ?? '' };
  throw notFound(api, all, wanted);
}

function notFound(api: KubernetesApi, all: readonly LiveObject[], wanted: string | undefined): UserError {
  const names = all.map(({ metadata }) => metadata.name).toSorted();
  if (names.length === 0)
    return new UserError({
      what: 'There is no cluster of Cluster API there.',
      where: `context ${api.context}`,
      fix: '`kubernetes.managementContext` has to be a context of the management cluster; its user has to see clusters.cluster.x-k8s.io.',
    });
  const which = wanted === undefined ? 'does not say which' : `says ${wanted}`;
  return new UserError({
    what: `The management cluster has the clusters ${names.join(', ')}, and the file ${which}.`,
    where: `context ${api.context}`,
    fix: 'Write the name of this one as `openstack.clusterName`.',
  });
}

/** The release that made the cluster's objects. */
async function releaseOf(api: KubernetesApi, cluster: CapiCluster): Promise<ClusterRelease | undefined> {
  const version = (await servedVersion(api, capiGroups.cluster, 'Cluster')) ?? 'v1beta1';
  const ref = { apiVersion: `${capiGroups.cluster}/${version}`, kind: 'Cluster', ...cluster };
  const annotations = (await api.get(ref))?.metadata.annotations ?? {};
  const name = annotations['meta.helm.sh/release-name'];
  const namespace = annotations['meta.helm.sh/release-namespace'] ?? cluster.namespace;
  if (name === undefined) return undefined;
  const found = (await observeReleases(api, [namespace]))[`${namespace}/${name}`];
  if (found === undefined) return undefined;
  const { chart, number, status, values } = found.newest;
  const groups = values['nodeGroups'];
  return {
    name,
    namespace,
    chart: { name: chart.name, version: chart.version },
    revision: number,
    status,
    lockedIn: found.lockedIn,
    nodeGroups: Array.isArray(groups) ? groups.map(mapOf) : [],
    nodeGroupDefaults: mapOf(values['nodeGroupDefaults']),
    controlPlane: mapOf(values['controlPlane']),
  };
}

interface Crd {
  readonly spec: { readonly versions: readonly { readonly name: string; readonly schema?: unknown }[] };
}

/** The behaviors that the served schema of MachineDrainRule allows: `WaitCompleted` came later than the kind. */
async function drainBehaviorsOf(api: KubernetesApi): Promise<readonly string[] | undefined> {
  const version = await servedVersion(api, capiGroups.cluster, 'MachineDrainRule');
  if (version === undefined) return undefined;
  const name = 'machinedrainrules.cluster.x-k8s.io';
  const crds = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  // Who may not see definitions may see machines.
  const crd = await seen(() => api.get<Crd>({ ...crds, name }));
  const all = 'seen' in crd ? (crd.seen?.spec.versions ?? []) : [];
  const schema = all.find((one) => one.name === version)?.schema;
  const path = ['openAPIV3Schema', 'properties', 'spec', 'properties', 'drain', 'properties', 'behavior'];
  const behavior = path.reduce<unknown>((part, key) => mapOf(part)[key], schema);
  const { enum: allowed } = mapOf(behavior);
  return Array.isArray(allowed) ? allowed.filter((one) => typeof one === 'string') : [];
}
