import { sizeAnnotations } from '../../../config/cluster-api.ts';
import type {
  Bounds,
  Machine,
  MachineGroup,
  MachineTemplate,
} from '../../../plan/kubernetes/nodes/machines.ts';
import { nowOf, secondsSince } from '../../kubernetes/age.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import {
  type GroupObject,
  type InfraObject,
  type MachineObject,
  capiGroups,
  deploymentName,
  drainSecondsOf,
  follow,
  machineSpecOf,
  rollingUpdateOf,
  servedVersion,
  siblings,
} from './capi-shapes.ts';

export interface CapiCluster {
  readonly name: string;
  readonly namespace: string;
}

const clusterName = 'cluster.x-k8s.io/cluster-name';

/** The MachineDeployments and the control plane of a cluster, with their machines. */
export async function observeGroups(api: KubernetesApi, cluster: CapiCluster): Promise<MachineGroup[]> {
  const [workers, planes, machines] = await Promise.all([
    listOf<GroupObject>(api, cluster, [capiGroups.cluster, 'MachineDeployment']),
    listOf<GroupObject>(api, cluster, [capiGroups.controlPlane, 'KubeadmControlPlane']),
    listOf<MachineObject>(api, cluster, [capiGroups.cluster, 'Machine']),
  ]);
  const now = nowOf(api);
  const infra = await infraByName(api, machines, cluster);
  const byGroup = new Map<string, Machine[]>();
  for (const machine of machines) {
    const group = groupLabelOf(machine.metadata.labels ?? {});
    const seen = machineOf(machine, infra.get(machine.spec.infrastructureRef?.name ?? ''), now);
    byGroup.set(group, [...(byGroup.get(group) ?? []), seen]);
  }
  return Promise.all(
    [...planes, ...workers].map((group) =>
      groupSeen(
        api,
        group,
        byGroup.get(group.kind === 'MachineDeployment' ? group.metadata.name : '') ?? [],
        cluster,
      ),
    ),
  );
}

/** The MachineDeployment that a machine is of; empty: the control plane. */
function groupLabelOf(labels: Readonly<Record<string, string>>): string {
  return labels[deploymentName] ?? '';
}

async function listOf<T>(
  api: KubernetesApi,
  { name, namespace }: CapiCluster,
  [group, kind]: readonly [group: string, kind: string],
): Promise<T[]> {
  const version = await servedVersion(api, group, kind);
  if (version === undefined) return [];
  const labelSelector = `${clusterName}=${name}`;
  return api.list<T>({ apiVersion: `${group}/${version}`, kind, namespace, labelSelector });
}

async function groupSeen(
  api: KubernetesApi,
  group: GroupObject,
  machines: readonly Machine[],
  cluster: CapiCluster,
): Promise<MachineGroup> {
  const { apiVersion, kind, metadata, spec, status = {} } = group;
  const { name, namespace = cluster.namespace, annotations = {}, generation } = metadata;
  const machineSpec = machineSpecOf(group);
  const all = status.replicas ?? 0;
  return {
    name: kind === 'KubeadmControlPlane' ? 'control-plane' : shortName(group, cluster),
    ref: { apiVersion, kind, name, namespace },
    paused: spec.paused === true || annotations['cluster.x-k8s.io/paused'] !== undefined,
    settled: (status.observedGeneration ?? 0) >= (generation ?? 0),
    counts: {
      wanted: spec.replicas ?? 1,
      all,
      ready: status.readyReplicas ?? 0,
      upToDate: status.upToDateReplicas ?? status.updatedReplicas ?? 0,
    },
    bounds: boundsOf(annotations),
    annotations,
    template:
      machineSpec.infrastructureRef && (await templateOf(api, machineSpec.infrastructureRef, namespace)),
    rollout: {
      maxSurge: rollingUpdateOf(group).maxSurge,
      maxUnavailable: rollingUpdateOf(group).maxUnavailable,
      drainSeconds: drainSecondsOf(machineSpec),
    },
    taints: (machineSpec.taints ?? []).flatMap(({ key }) => key ?? []),
    machines,
  };
}

/** As capi-helm-charts labels it, or what its name has behind the cluster's. */
function shortName({ metadata: { name, labels = {} } }: GroupObject, cluster: CapiCluster): string {
  const labelled = Object.entries(labels).find(([key]) => key.endsWith('/node-group'))?.[1];
  return labelled ?? (name.startsWith(`${cluster.name}-`) ? name.slice(cluster.name.length + 1) : name);
}

function boundsOf(annotations: Readonly<Record<string, string>>): Bounds | undefined {
  const [min, max] = [annotations[sizeAnnotations.min], annotations[sizeAnnotations.max]];
  return min === undefined || max === undefined ? undefined : { min: Number(min), max: Number(max) };
}

async function templateOf(
  api: KubernetesApi,
  reference: Parameters<typeof follow>[1],
  namespace: string,
): Promise<MachineTemplate | undefined> {
  const found = await follow(api, reference, namespace);
  if (found === undefined) return undefined;
  const { spec, status } = found.object;
  const machine = spec?.template?.spec;
  return {
    flavor: machine?.flavor,
    ports: Math.max(1, machine?.ports?.length ?? 0),
    capacity: status?.capacity ?? {},
  };
}

/** The provider's own objects behind the machines. */
async function infraByName(
  api: KubernetesApi,
  machines: readonly MachineObject[],
  { name, namespace }: CapiCluster,
): Promise<ReadonlyMap<string, InfraObject>> {
  const reference = machines.map(({ spec }) => spec.infrastructureRef).find((one) => one !== undefined);
  if (reference === undefined) return new Map();
  const all = await siblings(api, reference, { namespace, labelSelector: `${clusterName}=${name}` });
  return new Map(all.map((one) => [one.metadata.name, one]));
}

function machineOf(
  { metadata, status = {} }: MachineObject,
  infra: InfraObject | undefined,
  now: number,
): Machine {
  const { name, creationTimestamp, deletionTimestamp } = metadata;
  return {
    name,
    phase: status.phase ?? 'Unknown',
    node: status.nodeRef?.name,
    deleting: deletionTimestamp !== undefined,
    ageSeconds: secondsSince(creationTimestamp, now) ?? 0,
    says: saysOf(status, infra?.status),
  };
}

/** Conditions that a machine's fate is told by, in both versions. */
const telling: ReadonlySet<string> = new Set([
  'InfrastructureReady',
  'InstanceReady',
  'DrainingSucceeded',
  'Deleting',
  'Ready',
]);

function saysOf(machine: MachineObject['status'], infra: InfraObject['status']): string[] {
  const conditions = [...(machine?.conditions ?? []), ...(infra?.conditions ?? [])];
  const words = conditions
    // `Deleting` is the one that is bad news when it is true.
    .filter(({ type, status }) => telling.has(type) && (type === 'Deleting') === (status === 'True'))
    .map(({ message }) => message ?? '');
  const all = [machine?.failureMessage ?? '', infra?.failureMessage ?? '', ...words];
  return [...new Set(all.filter((text) => text !== ''))];
}
