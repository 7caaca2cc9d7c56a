import type { WaitingPod } from '../../../plan/kubernetes/nodes/observed.ts';
import { secondsSince } from '../../kubernetes/age.ts';
import { isServer, ownerOf } from '../../kubernetes/pods.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import { elsewhereOf } from '../namespaced.ts';

/** Those that find no room: of the environment all, of others people's servers and placeholders. */
export function waitingPods(pods: readonly Pod[], own: string, now: number): WaitingPod[] {
  return pods
    .flatMap((pod) => waitingPod(pod, own, now) ?? [])
    .filter(({ elsewhere, user, profile }) => elsewhere === undefined || (user ?? profile) !== undefined)
    .toSorted((a, b) => b.ageSeconds - a.ageSeconds);
}

/** undefined: it waits for something else than a node. */
function waitingPod(pod: Pod, own: string, now: number): WaitingPod | undefined {
  const { name, labels = {}, creationTimestamp } = pod.metadata;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || pod.metadata.deletionTimestamp !== undefined) return undefined;
  if (pod.status?.phase !== 'Pending') return undefined;
  return {
    name,
    user: isServer(pod) ? ownerOf(pod) : undefined,
    elsewhere: elsewhereOf(pod, own),
    profile: labels['hubwright/profile'] ?? labels['hubwright/placeholder'],
    ageSeconds: secondsSince(creationTimestamp, now) ?? 0,
    scheduler: scheduled.message ?? scheduled.reason ?? '',
  };
}
