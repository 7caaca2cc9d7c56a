import type {
  ComputeSeen,
  FlavorSeen,
  NodeSeen,
  RoomsObserved,
  WorkloadSeen,
} from '../../../plan/kubernetes/nodes/observed.ts';
import type { Seen } from '../../../plan/doctor/check.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ComputeLimits, Flavor } from '../../openstack/nova.ts';
import type { ClusterContext } from '../context.ts';
import { type NodeParts, nodeOf } from '../observe.ts';
import { observeServers } from '../observe-servers.ts';
import { seen } from '../seen.ts';

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
  const [nodes, daemons, servers] = await Promise.all([
    api.list<NodeParts>({ apiVersion: 'v1', kind: 'Node' }),
    daemonsByNode(api),
    observeServers(api, namespace, Promise.resolve(undefined)),
  ]);
  const all = nodes.map((node): NodeSeen => ({
    ...nodeOf(node),
    annotations: node.metadata.annotations ?? {},
    daemons: daemons.get(node.metadata.name) ?? [],
    unschedulable: node.spec?.unschedulable === true,
  }));
  return { nodes: all, servers };
}

interface PodParts {
  readonly metadata: { readonly ownerReferences?: readonly { readonly kind: string }[] };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly resources?: {
        readonly requests?: Readonly<Record<string, string>>;
      };
    }[];
  };
}

type Daemons = NodeSeen['daemons'];

async function daemonsByNode(api: KubernetesApi): Promise<ReadonlyMap<string, Daemons>> {
  const pods = await api.list<PodParts>({ apiVersion: 'v1', kind: 'Pod' });
  const found = new Map<string, Daemons>();
  for (const { metadata, spec } of pods) {
    if (spec.nodeName === undefined) continue;
    if (!metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet')) continue;
    const pod = spec.containers.map(({ resources }) => resources?.requests ?? {});
    found.set(spec.nodeName, [...(found.get(spec.nodeName) ?? []), pod]);
  }
  return found;
}

export async function observeCompute({ cloud }: ClusterContext): Promise<Seen<ComputeSeen>> {
  if (cloud === undefined)
    return { notSeen: 'The file names no cloud. Write its name as `openstack.cloud`.', failed: false };
  return seen(async () => {
    const { compute } = (await cloud()).with({ patience });
    const [flavors, limits] = await Promise.all([compute.flavors(), compute.limits()]);
    return { flavors: flavors.map(flavorSeen), quota: quotaSeen(limits) };
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

function quotaSeen(limits: ComputeLimits): ComputeSeen['quota'] {
  return {
    cores: amount(limits.totalCoresUsed, limits.maxTotalCores),
    memory: amount(limits.totalRAMUsed * mebibyte, limits.maxTotalRAMSize * mebibyte),
    instances: amount(limits.totalInstancesUsed, limits.maxTotalInstances),
  };
}

/** Nova has -1 for no limit. */
function amount(used: number, most: number): ComputeSeen['quota']['cores'] {
  return { used, most: most < 0 ? undefined : most };
}
