import type {
  ComputeSeen,
  FlavorSeen,
  NodeSeen,
  RoomsObserved,
  ServerSeen,
  WorkloadSeen,
} from '../../../plan/kubernetes/nodes/observed.ts';
import type { Seen } from '../../../plan/doctor/check.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { NetworkQuota } from '../../openstack/neutron.ts';
import type { ComputeLimits, Flavor } from '../../openstack/nova.ts';
import type { ClusterContext } from '../context.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import { isServer, podsAround, serverOf } from '../../kubernetes/pods.ts';
import { type NodeParts, nodeOf } from '../observe.ts';
import { seen } from '../seen.ts';
import { elsewhereOf } from '../namespaced.ts';
import { nowOf } from '../../kubernetes/age.ts';
import { waitingPods } from './waiting-pods.ts';

/** Who asks how much room there is does not want to wait for what does not answer. */
const patience = { attemptSeconds: 5, totalSeconds: 10, mostAttempts: 3 };

/** The nodes with who is on them, and the cloud's flavours and quota. */
export async function observeRooms(context: ClusterContext): Promise<RoomsObserved> {
  const [workload, compute] = await Promise.all([
    seen(async () => observeWorkload((await context.api()).with({ patience }), context.namespace)),
    observeCompute(context),
  ]);
  return { workload, compute };
}

export async function observeWorkload(api: KubernetesApi, namespace: string): Promise<WorkloadSeen> {
  const [nodes, { pods, onlyOwn }] = await Promise.all([
    api.list<NodeParts>({ apiVersion: 'v1', kind: 'Node' }),
    podsAround(api, namespace),
  ]);
  const daemons = daemonsByNode(pods);
  const all = nodes.map((node): NodeSeen => ({
    ...nodeOf(node),
    annotations: node.metadata.annotations ?? {},
    daemons: daemons.get(node.metadata.name) ?? [],
    unschedulable: node.spec?.unschedulable === true,
  }));
  const servers = pods.filter(isServer).map((pod) => serverSeen(pod, namespace));
  return { nodes: all, servers, waiting: waitingPods(pods, namespace, nowOf(api)), onlyOwn };
}

function serverSeen(pod: Pod, own: string): ServerSeen {
  return { ...serverOf(pod), elsewhere: elsewhereOf(pod, own), asks: asksOf(pod) };
}

function asksOf({ spec }: Pod): ServerSeen['asks'] {
  return (spec?.containers ?? []).map(({ resources }) => resources?.requests ?? {});
}

type Daemons = NodeSeen['daemons'];

/** Whose pods every node has: static ones are a Node's own, and Longhorn has its instance managers. */
const onEachNode: ReadonlySet<string> = new Set(['DaemonSet', 'Node', 'InstanceManager']);

function daemonsByNode(pods: readonly Pod[]): ReadonlyMap<string, Daemons> {
  const found = new Map<string, Daemons>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (node === undefined) continue;
    if (!pod.metadata.ownerReferences?.some(({ kind }) => onEachNode.has(kind))) continue;
    found.set(node, [...(found.get(node) ?? []), asksOf(pod)]);
  }
  return found;
}

export async function observeCompute({ cloud }: ClusterContext): Promise<Seen<ComputeSeen>> {
  if (cloud === undefined)
    return { notSeen: 'The file names no cloud. Write its name as `openstack.cloud`.', failed: false };
  return seen(async () => {
    const { compute, network } = (await cloud()).with({ patience });
    const [flavors, limits, ofNetwork] = await Promise.all([
      compute.flavors(),
      compute.limits(),
      seen(() => network.quota()),
    ]);
    const ports = 'seen' in ofNetwork ? portsOf(ofNetwork.seen) : undefined;
    return { flavors: flavors.map(flavorSeen), quota: { ...quotaSeen(limits), ports } };
  });
}

const mebibyte = 1024 ** 2;

function flavorSeen({ name, vcpus, ram, extra_specs: extra }: Flavor): FlavorSeen {
  return { name, cores: vcpus, memory: ram * mebibyte, gpus: gpusOf(extra) };
}

/** `pci_passthrough:alias` is `a100:2`, or several of them; `resources:VGPU` is a number. */
function gpusOf(extra: Readonly<Record<string, string>>): number {
  const devices = (extra['pci_passthrough:alias'] ?? '').split(',').flatMap((one) => {
    const count = /:(\d+)\s*$/.exec(one)?.[1];
    return count === undefined ? [] : [Number(count)];
  });
  const virtual = Number(extra['resources:VGPU'] ?? 0);
  return devices.reduce((sum, one) => sum + one, Number.isNaN(virtual) ? 0 : virtual);
}

function quotaSeen(limits: ComputeLimits): Omit<ComputeSeen['quota'], 'ports'> {
  return {
    cores: amount(limits.totalCoresUsed, limits.maxTotalCores),
    memory: amount(limits.totalRAMUsed * mebibyte, limits.maxTotalRAMSize * mebibyte),
    instances: amount(limits.totalInstancesUsed, limits.maxTotalInstances),
  };
}

function portsOf({ port: { used, reserved, limit } }: NetworkQuota): ComputeSeen['quota']['ports'] {
  return amount(used + reserved, limit);
}

/** Nova and Neutron have -1 for no limit. */
function amount(used: number, most: number): ComputeSeen['quota']['cores'] {
  return { used, most: most < 0 ? undefined : most };
}
