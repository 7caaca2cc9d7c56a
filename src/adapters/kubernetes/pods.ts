import type { RunningServer } from '../../ports.ts';
import type { KubernetesApi } from './api.ts';
import { Forbidden } from './explain.ts';
import { isReady } from './shapes.ts';
import type { Pod } from './shapes.ts';

/** KubeSpawner's label on people's servers. Their label `app` follows `nameOverride` of the chart. */
export const serverLabels = { component: 'singleuser-server' } as const;
/** As a label selector. */
export const serverSelector = `component=${serverLabels.component}`;

/** The servers of people that run in the namespace, as their pods tell. */
export async function runningServers(api: KubernetesApi, namespace: string): Promise<RunningServer[]> {
  return (await serverPods(api, namespace)).map(serverOf);
}

/** The pods of people's servers that run or are on their way to. */
export async function serverPods(api: KubernetesApi, namespace: string): Promise<Pod[]> {
  const pods = await api.list<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: serverSelector,
  });
  return pods.filter(isRunning);
}

/** Whether somebody's server runs in it, or is on its way to. */
export function isServer(pod: Pod): boolean {
  return pod.metadata.labels?.['component'] === serverLabels.component && isRunning(pod);
}

/**
 * Pods of the whole cluster, whose nodes environments share; where they may not be listed, those of the namespace alone,
 * with the reason.
 */
export async function podsAround(
  api: KubernetesApi,
  namespace: string,
  labelSelector?: string,
): Promise<{ readonly pods: readonly Pod[]; readonly onlyOwn: string | undefined }> {
  const kind = { apiVersion: 'v1', kind: 'Pod', ...(labelSelector === undefined ? {} : { labelSelector }) };
  try {
    return { pods: await api.list<Pod>(kind), onlyOwn: undefined };
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    return { pods: await api.list<Pod>({ ...kind, namespace }), onlyOwn: `${error.what} ${error.fix}` };
  }
}

/** Whose server it is. */
export function ownerOf({ metadata: { name, annotations = {} } }: Pod): string {
  return annotations['hub.jupyter.org/username'] ?? name;
}

/** One that has ended (its node was drained, say) or is being deleted is nobody's server any more. */
function isRunning({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
  );
}

export function serverOf(pod: Pod): RunningServer {
  const { labels = {}, creationTimestamp } = pod.metadata;
  return {
    user: ownerOf(pod),
    profile: labels['hubwright/profile'],
    // What its profile was then stands in the release that was deployed at that time.
    fingerprint: undefined,
    started: pod.status?.startTime ?? creationTimestamp,
    // Only the hub knows it.
    lastActivity: undefined,
    ready: isReady(pod),
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
  };
}
