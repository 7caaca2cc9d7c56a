import { timeOf } from './age.ts';
import type { ContainerStatus, KubernetesEvent, Pod } from './shapes.ts';

/** Why something is not ready yet. */
export interface Reason {
  /** A part of a sentence: `image pull backs off: IMAGE`. */
  readonly text: string;
  /** Seconds after which it counts as lasting; missing: it may yet get better by itself. */
  readonly lastsAfter?: number;
  /** The container whose last words say more. */
  readonly crashed?: { readonly pod: string; readonly container: string };
}

/** Restarts after which a crash loop is believed to be one: a first failure to reach another part is common. */
const restartsOfALoop = 5;
/** Registries fail for a moment; a name that is wrong stays wrong. */
const imageSeconds = 120;
const configSeconds = 60;
const quotaSeconds = 30;
/** Characters of a message in brackets. */
const longest = 160;

/** Why the pod is not ready; undefined: nothing is known to hinder it. @param events of the pod. */
export function reasonOfPod(pod: Pod, events: readonly KubernetesEvent[] = []): Reason | undefined {
  const { status } = pod;
  if (status?.phase === 'Failed')
    return {
      text: `pod ${pod.metadata.name} failed: ${status.message ?? status.reason ?? 'it says no more'}`,
    };
  const unscheduled = status?.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  if (unscheduled)
    return { text: `no node fits: ${unscheduled.message ?? unscheduled.reason ?? 'no reason given'}` };
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const reason = reasonOfContainer(pod, container);
    if (reason) return reason;
  }
  return reasonOfEvents(events);
}

function reasonOfContainer(pod: Pod, container: ContainerStatus): Reason | undefined {
  const { waiting, terminated } = container.state ?? {};
  const { name, image = '', restartCount = 0, lastState } = container;
  const crashed = { pod: pod.metadata.name, container: name };
  switch (waiting?.reason) {
    case 'InvalidImageName':
      return { text: `the image's name is wrong: ${image}`, lastsAfter: 0 };
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ErrImageNeverPull':
    case 'RegistryUnavailable':
      return { text: `image pull backs off: ${image}${brief(waiting.message)}`, lastsAfter: imageSeconds };
    case 'CreateContainerConfigError':
    case 'CreateContainerError':
    case 'RunContainerError':
      return { text: `container ${name} cannot be made${brief(waiting.message)}`, lastsAfter: configSeconds };
    case 'CrashLoopBackOff': {
      const often = restartCount >= restartsOfALoop ? { lastsAfter: configSeconds } : {};
      return {
        text: `crash loop of ${name}, ${endOf(lastState?.terminated)}, started ${restartCount + 1} times`,
        crashed,
        ...often,
      };
    }
    default:
  }
  if (terminated && terminated.exitCode !== 0)
    return { text: `${name} of pod ${pod.metadata.name} ended: ${endOf(terminated)}`, crashed };
  return undefined;
}

function endOf(terminated: { readonly exitCode?: number; readonly reason?: string } | undefined): string {
  if (terminated?.reason === 'OOMKilled') return 'killed because it needed more memory than its limit';
  return `exit code ${terminated?.exitCode ?? 'unknown'}`;
}

/** What events say, and how long it is waited for them to stop. */
const telling: Readonly<Record<string, (message: string) => Reason | undefined>> = {
  Pulling: (message) => ({ text: `an image is being pulled: ${/"(.*)"/.exec(message)?.[1] ?? message}` }),
  // What came before is over.
  Pulled: () => undefined,
  Started: () => undefined,
  SuccessfulCreate: () => undefined,
  FailedMount: (message) => ({ text: `a volume cannot be mounted: ${message}` }),
  FailedAttachVolume: (message) => ({ text: `a volume cannot be attached: ${message}` }),
  FailedCreatePodSandBox: (message) => ({ text: `the pod's network is not there: ${message}` }),
  FailedCreate: (message) => reasonOfFailedCreate(message),
  ProvisioningFailed: (message) => ({ text: `no volume is made: ${message}` }),
  FailedBinding: (message) => ({ text: `no volume is bound: ${message}` }),
  SyncLoadBalancerFailed: (message) => ({ text: `no load balancer: ${message}` }),
  Unhealthy: (message) => ({ text: `runs, but does not answer: ${message}` }),
};

/** Why, by the newest of the events that tell something. */
export function reasonOfEvents(events: readonly KubernetesEvent[]): Reason | undefined {
  const newest = events
    .filter(({ reason }) => reason !== undefined && reason in telling)
    // Times are whole seconds; names end in the finer time.
    .toSorted((a, b) => timeOf(b) - timeOf(a) || (a.metadata.name < b.metadata.name ? 1 : -1))[0];
  return newest && telling[newest.reason ?? '']?.(firstLine(newest.message));
}

/** Pods that are not even made. */
export function reasonOfFailedCreate(message: string): Reason {
  const quota = /exceeded quota: (.*)/.exec(message)?.[1];
  if (quota !== undefined) return { text: `quota exceeded: ${quota}`, lastsAfter: quotaSeconds };
  return { text: `no pod is made: ${message}`, lastsAfter: imageSeconds };
}

function brief(message: string | undefined): string {
  const line = firstLine(message);
  const shown = line.length > longest ? `${line.slice(0, longest)}…` : line;
  return shown === '' ? '' : ` (${shown})`;
}

function firstLine(message: string | undefined): string {
  return message?.split('\n')[0]?.trim() ?? '';
}
