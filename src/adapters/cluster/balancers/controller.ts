import { defaultClusterName } from '../../../config/cloud-controller.ts';
import type {
  BalancedNode,
  BalancersInCluster,
  CloudController,
} from '../../../plan/kubernetes/balancers/observed.ts';
import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';

/** As its manifest and its chart both call the container. */
const containerName = 'openstack-cloud-controller-manager';

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

type Workload = LiveObject & {
  readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } } };
  readonly status?: { readonly numberReady?: number; readonly readyReplicas?: number };
};

/** The cloud controller manager, in whatever namespace, and the name that it calls its cluster by. */
export async function cloudController(
  api: KubernetesApi,
): Promise<{ readonly controller: CloudController; readonly clusterName: string } | undefined> {
  const kinds = ['DaemonSet', 'Deployment'] as const;
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const workloads = await api.list<Workload>({ apiVersion: 'apps/v1', kind });
      return workloads.flatMap((workload) => {
        const container = workload.spec?.template?.spec?.containers?.find(
          ({ name }) => name === containerName,
        );
        return container === undefined ? [] : [{ kind, workload, container }];
      });
    }),
  );
  const [found] = lists.flat();
  if (found === undefined) return undefined;
  const { metadata, status } = found.workload;
  const namespace = metadata.namespace ?? '';
  return {
    controller: {
      ref: { apiVersion: 'apps/v1', kind: found.kind, name: metadata.name, namespace },
      readyPods: status?.numberReady ?? status?.readyReplicas ?? 0,
    },
    clusterName: clusterNameOf(found.container),
  };
}

function clusterNameOf({ command = [], args = [], env = [] }: Container): string {
  const given = [...command, ...args].flatMap((word) => /^--cluster-name=(.+)$/.exec(word)?.[1] ?? [])[0];
  const variable = /^\$\((\w+)\)$/.exec(given ?? '')?.[1];
  const value = variable === undefined ? given : env.find(({ name }) => name === variable)?.value;
  return value || defaultClusterName;
}

interface Node {
  readonly metadata: LiveObject['metadata'];
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** What keeps a node out of load balancers (k8s.io/cloud-provider, controllers/service/controller.go, `stableNodeSetPredicates`). */
const keptOut = {
  label: 'node.kubernetes.io/exclude-from-external-load-balancers',
  taint: 'ToBeDeletedByClusterAutoscaler',
};

function nodeOf({ metadata, spec, status }: Node): BalancedNode {
  const ready =
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return {
    name: metadata.name,
    addresses: (status?.addresses ?? [])
      .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
      .map(({ address }) => address),
    serves:
      ready &&
      metadata.deletionTimestamp === undefined &&
      metadata.labels?.[keptOut.label] === undefined &&
      !spec?.taints?.some(({ key }) => key === keptOut.taint),
  };
}

/** The nodes, and the name of the cluster as Cluster API writes it on them. */
export async function clusterNodes(
  api: KubernetesApi,
): Promise<{ readonly nodes: BalancersInCluster['nodes']; readonly clusterName: string | undefined }> {
  const nodes = await api.list<Node>({ apiVersion: 'v1', kind: 'Node' });
  return {
    nodes: nodes.map(nodeOf),
    clusterName: nodes.flatMap(
      ({ metadata }) => metadata.annotations?.['cluster.x-k8s.io/cluster-name'] ?? [],
    )[0],
  };
}
