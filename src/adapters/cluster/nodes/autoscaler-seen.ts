import type {
  AutoscalerDeployment,
  AutoscalerEvent,
  AutoscalerSeen,
} from '../../../plan/kubernetes/nodes/observed.ts';
import { nowOf, secondsSince, timeOf } from '../../kubernetes/age.ts';
import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';
import type { KubernetesEvent } from '../../kubernetes/shapes.ts';

const statusName = 'cluster-autoscaler-status';
const itsNamespace = 'kube-system';

/** Events are kept for an hour; what was said longer ago than that is not told. */
const about = ['NotTriggerScaleUp', 'TriggeredScaleUp'] as const;

/** What it leaves in the cluster that it works for: with capi-helm-charts it runs elsewhere, and leaves the same. */
export async function observeAutoscaler(api: KubernetesApi, namespace: string): Promise<AutoscalerSeen> {
  const [map, deployment, events, said] = await Promise.all([
    api.get<StatusMap>({ apiVersion: 'v1', kind: 'ConfigMap', namespace: itsNamespace, name: statusName }),
    observeDeployment(api),
    eventsOn(api, itsNamespace, `involvedObject.name=${statusName}`),
    Promise.all(about.map((reason) => eventsOn(api, namespace, `reason=${reason}`))),
  ]);
  const now = nowOf(api);
  return {
    status: map && statusOf(map, now),
    deployment,
    events: events.map((event) => eventOf(event, now)).toSorted((a, b) => a.ageSeconds - b.ageSeconds),
    said: lastByPod(said.flat(), now),
  };
}

type StatusMap = LiveObject & { readonly data?: Readonly<Record<string, string>> };
type EventAbout = KubernetesEvent & { readonly involvedObject?: { readonly name?: string } };

function eventsOn(api: KubernetesApi, namespace: string, fieldSelector: string): Promise<EventAbout[]> {
  return api.list<EventAbout>({ apiVersion: 'v1', kind: 'Event', namespace, fieldSelector });
}

function statusOf({ metadata, data = {} }: StatusMap, now: number): AutoscalerSeen['status'] {
  const written = metadata.annotations?.['cluster-autoscaler.kubernetes.io/last-updated'];
  return { text: data['status'] ?? '', ageSeconds: secondsSince(goTime(written), now) };
}

/** Go's own way to write a time: `2026-11-30 09:12:44.123456789 +0000 UTC`. */
function goTime(text: string | undefined): string | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})/.exec(text ?? '') ?? [];
  return date === undefined ? undefined : `${date}T${time}${zone?.slice(0, 3)}:${zone?.slice(3)}`;
}

function eventOf({ reason = '', message = '', ...event }: KubernetesEvent, now: number): AutoscalerEvent {
  return { reason, message, ageSeconds: secondsSince(timeOf(event), now) ?? 0 };
}

function lastByPod(events: readonly EventAbout[], now: number): AutoscalerSeen['said'] {
  const said = new Map<string, AutoscalerEvent>();
  for (const event of events) {
    const pod = event.involvedObject?.name ?? '';
    const one = eventOf(event, now);
    if (one.ageSeconds < (said.get(pod)?.ageSeconds ?? Infinity)) said.set(pod, one);
  }
  return said;
}

interface Deployment extends LiveObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly command?: readonly string[];
          readonly args?: readonly string[];
        }[];
      };
    };
  };
  readonly status?: { readonly readyReplicas?: number };
}

/** As Magnum deploys it. */
async function observeDeployment(api: KubernetesApi): Promise<AutoscalerDeployment | undefined> {
  const ref = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: itsNamespace,
    name: 'cluster-autoscaler',
  };
  const found = await api.get<Deployment>(ref);
  if (found === undefined) return undefined;
  const { containers } = found.spec.template.spec;
  return {
    ref,
    ready: (found.status?.readyReplicas ?? 0) > 0,
    words: containers.flatMap(({ command = [], args = [] }) => [...command, ...args]),
  };
}
