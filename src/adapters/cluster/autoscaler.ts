import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';

/** A pod whose log is wanted. */
export interface LogPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    /** Missing: there is no room for it yet. */
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly command?: readonly string[];
      readonly args?: readonly string[];
    }[];
  };
}

const clusterLabel = 'capi.stackhpc.com/cluster';

/** As those label it who deploy it beside OpenStack. */
const selectors: readonly string[] = [
  // Magnum's manifest, and the examples of kubernetes/autoscaler.
  'app=cluster-autoscaler',
  // The chart cluster-autoscaler: the provider, and its name.
  'app.kubernetes.io/name in (clusterapi-cluster-autoscaler, magnum-cluster-autoscaler, cluster-autoscaler)',
  // The chart openstack-cluster of capi-helm-charts.
  'capi.stackhpc.com/component=autoscaler',
];

/**
 * The autoscaler's pods in that cluster, in whatever namespace. A management cluster may have one for each of its
 * clusters.
 *
 * @throws UserError when it is not clear which of several clusters is meant.
 */
export async function autoscalersOf(api: KubernetesApi, environment: Environment): Promise<LogPod[]> {
  const lists = await Promise.all(
    selectors.map((labelSelector) => api.list<LogPod>({ apiVersion: 'v1', kind: 'Pod', labelSelector })),
  );
  const pods = new Map(
    lists.flat().map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod] as const),
  );
  const clusters = new Set([...pods.values()].flatMap((pod) => clusterOf(pod) ?? []));
  const wanted = environment.openstack?.clusterName;
  if (clusters.size < 2) return [...pods.values()];
  if (wanted !== undefined && clusters.has(wanted))
    return [...pods.values()].filter((pod) => clusterOf(pod) === wanted);
  throw new UserError({
    what: `There are autoscalers of several clusters: ${[...clusters].toSorted().join(', ')}.`,
    where: `context ${api.context}`,
    fix: 'Write the name of this one as `openstack.clusterName`.',
  });
}

/** The cluster whose nodes it adds and takes away; undefined where it does not say. */
function clusterOf({ metadata, spec }: LogPod): string | undefined {
  const label = metadata.labels?.[clusterLabel];
  if (label !== undefined) return label;
  const words = spec.containers.flatMap(({ command = [], args = [] }) => [...command, ...args]);
  return words.flatMap((word) => /\bclusterName=([^,\s]+)/.exec(word)?.[1] ?? [])[0];
}
