import type { KubernetesApi, LiveObject } from './api.ts';
import { UserError } from '../../errors.ts';
import { reasonOfEvents, reasonOfFailedCreate, reasonOfPod } from './reasons.ts';
import type { Reason } from './reasons.ts';
import { isReady, selectorText } from './shapes.ts';
import type { Condition, KubernetesEvent, Pod, Workload } from './shapes.ts';

const kindsWithPods = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/** What hinders the object from getting ready, as its pods and events tell; undefined: nothing that they know of. */
export async function hindranceOf(api: KubernetesApi, object: LiveObject): Promise<Reason | undefined> {
  if (object.kind === 'Pod') return hindranceOfPods(api, [object]);
  if (!kindsWithPods.has(object.kind)) return reasonOfEvents(await eventsOf(api, object));
  const workload = object as unknown as Workload;
  const pods = await currentPods(api, workload);
  const ofPods = await hindranceOfPods(
    api,
    pods.filter((pod) => !isReady(pod) && pod.status?.phase !== 'Succeeded'),
  );
  return ofPods ?? notMade(workload) ?? reasonOfEvents(await eventsOf(api, object));
}

/** All pods that the workload's selector means. */
async function podsOf(api: KubernetesApi, { metadata, spec }: Workload): Promise<Pod[]> {
  const { namespace } = metadata;
  if (namespace === undefined || !spec?.selector) return [];
  const labelSelector = selectorText(spec.selector);
  return api.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
}

/** Those of the newest revision: what is wrong with older ones is what the new one mends. */
async function currentPods(api: KubernetesApi, workload: Workload): Promise<Pod[]> {
  const pods = (await podsOf(api, workload)).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  switch (workload.kind) {
    case 'Deployment': {
      const hash = await newestHash(api, workload);
      return pods.filter(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash);
    }
    case 'StatefulSet': {
      const revision = workload.status?.updateRevision;
      return pods.filter(({ metadata }) => metadata.labels?.['controller-revision-hash'] === revision);
    }
    case 'DaemonSet': {
      const generation = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
      return pods.filter(({ metadata }) => metadata.labels?.['pod-template-generation'] === generation);
    }
    default:
      return pods;
  }
}

/** Of the ReplicaSet that a Deployment makes its pods with now. */
async function newestHash(api: KubernetesApi, { metadata, spec }: Workload): Promise<string | undefined> {
  const { namespace, annotations } = metadata;
  const sets = await api.listMetadata({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    ...(namespace === undefined ? {} : { namespace }),
    labelSelector: selectorText(spec?.selector ?? {}),
  });
  const revision = 'deployment.kubernetes.io/revision';
  const newest = sets.find((set) => set.metadata.annotations?.[revision] === annotations?.[revision]);
  return newest?.metadata.labels?.['pod-template-hash'];
}

async function hindranceOfPods(api: KubernetesApi, pods: readonly Pod[]): Promise<Reason | undefined> {
  for (const pod of pods) {
    const [events, node] = await Promise.all([eventsOf(api, pod), reasonOfNode(api, pod)]);
    const reason = reasonOfPod(pod) ?? node ?? reasonOfPod(pod, events);
    if (reason)
      return reason.crashed
        ? { ...reason, text: `${reason.text}${await lastWords(api, pod, reason)}` }
        : reason;
  }
  return undefined;
}

/** What happens on a node that does not work nobody knows: what events say of the pod is of before. */
async function reasonOfNode(api: KubernetesApi, { spec }: Pod): Promise<Reason | undefined> {
  const name = spec?.nodeName;
  if (name === undefined) return undefined;
  try {
    const node = await api.get<LiveObject & Pick<Pod, 'status'>>({ apiVersion: 'v1', kind: 'Node', name });
    if (node === undefined) return { text: `its node ${name} is gone` };
    return isReady(node) ? undefined : { text: `its node ${name} is not ready` };
  } catch (error) {
    // Not everybody may look at nodes.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** `: ` and the last line that the container wrote before it ended. */
async function lastWords(api: KubernetesApi, { metadata }: Pod, { crashed }: Reason): Promise<string> {
  const { namespace, name } = metadata;
  if (namespace === undefined || !crashed) return '';
  // They are a courtesy: no time is lost over a node that does not give them.
  const once = api.with({ patience: { mostAttempts: 1, attemptSeconds: 3, totalSeconds: 3 } });
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  for (const previous of [true, false]) {
    // The container may be gone, its node too: then there are no words.
    await once
      .logs({ namespace, name }, { container: crashed.container, tailLines: 1, previous, write })
      .catch(() => undefined);
    if (text.trim() !== '') return `: ${text.trim()}`;
  }
  return '';
}

/** Pods that the controller may not make: a Deployment says so itself. */
function notMade({ status }: Workload): Reason | undefined {
  const failure = status?.conditions?.find(
    ({ type, status: is }: Condition) => type === 'ReplicaFailure' && is === 'True',
  );
  return failure && reasonOfFailedCreate(failure.message ?? failure.reason ?? '');
}

async function eventsOf(
  api: KubernetesApi,
  { metadata }: { readonly metadata: LiveObject['metadata'] },
): Promise<KubernetesEvent[]> {
  const { namespace, uid } = metadata;
  if (namespace === undefined) return [];
  return api.list<KubernetesEvent>({
    apiVersion: 'v1',
    kind: 'Event',
    namespace,
    fieldSelector: `involvedObject.uid=${uid}`,
  });
}
