import { sizeAnnotations } from '../../../config/cluster-api.ts';
import type {
  Bounds,
  Machine,
  MachineGroup,
  MachineTemplate,
} from '../../../plan/kubernetes/nodes/machines.ts';
import { nowOf } from '../../kubernetes/age.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import {
  type GroupObject,
  type MachineObject,
  capiGroups,
  deploymentName,
  drainSecondsOf,
  follow,
  machineSpecOf,
  rollingUpdateOf,
  servedVersion,
} from './capi-shapes.ts';
import { behindMachines, machineOf } from './machine-seen.ts';

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
  const labelSelector = `${clusterName}=${cluster.name}`;
  const behind = await behindMachines(api, machines, { namespace: cluster.namespace, labelSelector });
  const byGroup = new Map<string, Machine[]>();
  for (const machine of machines) {
    const group = groupLabelOf(machine.metadata.labels ?? {});
    const seen = machineOf(machine, behind(machine), now);
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
    name: reference.name ?? '',
    flavor: machine?.flavor,
    ports: Math.max(1, machine?.ports?.length ?? 0),
    capacity: status?.capacity ?? {},
  };
}
