import type { RunningServer } from '../../ports.ts';
import type { KubernetesApi } from './api.ts';
import { Forbidden } from './explain.ts';
import { isReady } from './shapes.ts';
import type { Pod } from './shapes.ts';

/** KubeSpawner's labels on people's servers. */
const labelsOfServers = { component: 'singleuser-server', app: 'jupyterhub' };
export const serverLabels = Object.entries(labelsOfServers)
  .map((pair) => pair.join('='))
  .join(',');

/** The servers of people that run in the namespace, as their pods tell. */
export async function runningServers(api: KubernetesApi, namespace: string): Promise<RunningServer[]> {
  return (await serverPods(api, namespace)).map(serverOf);
}

/** The pods of people's servers that run or are on their way to. */
export async function serverPods(api: KubernetesApi, namespace: string): Promise<Pod[]> {
  const pods = await api.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: serverLabels });
  return pods.filter(isRunning);
}

/** Whether somebody's server runs in it, or is on its way to. */
export function isServer(pod: Pod): boolean {
  const { labels = {} } = pod.metadata;
  return Object.entries(labelsOfServers).every(([key, value]) => labels[key] === value) && isRunning(pod);
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
