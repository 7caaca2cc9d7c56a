import { namespace, podOf } from '../series.ts';
import { addPod } from './cluster.ts';
import type { At, Samples } from './samples.ts';
import { chance, counter } from './samples.ts';
import type { Person } from './timetable.ts';
import { exercise, people } from './timetable.ts';

const gibibyte = 1024 ** 3;

const sizes = {
  standard: { memory: 2 * gibibyte, cpu: 0.5 },
  gpu: { memory: 16 * gibibyte, cpu: 4, nvidia_com_gpu: 1 },
};

/** The minute in which this person's kernel grows over the limit and is killed. */
const killed: Readonly<Record<string, number>> = { 'trainee-17': 114, 'trainee-8': 162 };
/** They went for a walk. */
const away: Readonly<Record<string, number>> = { 'trainee-5': 102, 'trainee-21': 140 };

/** What Kubernetes said of a server for a few minutes. */
const mishaps: readonly (readonly [
  metric: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  minute: number,
])[] = [
  [
    'kube_pod_container_status_terminated_reason',
    'trainee-22',
    { container: 'notebook', reason: 'Error' },
    70,
  ],
  ['kube_pod_status_reason', 'trainee-2', { reason: 'Evicted' }, 128],
];

/** People's servers as kube-state-metrics, the kubelet and the hub show them. */
export function addServers(samples: Samples, start: number): void {
  for (const person of people) {
    addServer(samples, person, start);
    if (person.ran !== undefined) addUse(samples, person, person.ran);
  }
  for (const [metric, name, labels, from] of mishaps) {
    const at: At = (minute) => (minute >= from && minute < from + 4 ? 1 : undefined);
    samples.add(metric, { namespace, pod: podOf(name), ...labels }, at);
  }
}

function addServer(
  samples: Samples,
  { name, profile, asked, ran, node, reason }: Person,
  start: number,
): void {
  const of = { namespace, pod: podOf(name) };
  const there: At = (minute) => (minute < asked ? undefined : 1);
  const runs = (minute: number): boolean => ran !== undefined && ran <= minute;
  const labels = { label_component: 'singleuser-server', label_hubwright_profile: profile };
  addPod(
    samples,
    { ...of, ...(node === undefined ? {} : { on: node }), asked: sizes[profile], labels },
    there,
  );
  samples.add('kube_pod_annotations', { ...of, annotation_hub_jupyter_org_username: name }, there);
  samples.add('kube_pod_created', of, (minute) => (minute < asked ? undefined : start + asked * 60));
  samples.add('kube_pod_status_phase', { ...of, phase: 'Running' }, (minute) =>
    minute < asked ? undefined : Number(runs(minute)),
  );
  samples.add('kube_pod_status_phase', { ...of, phase: 'Pending' }, (minute) =>
    minute < asked ? undefined : Number(!runs(minute)),
  );
  const waits: At = (minute) => (minute < asked || runs(minute) ? undefined : 1);
  if (reason === 'Unschedulable') samples.add('kube_pod_status_unschedulable', of, waits);
  else {
    const why = reason ?? 'ContainerCreating';
    samples.add(
      'kube_pod_container_status_waiting_reason',
      { ...of, container: 'notebook', reason: why },
      waits,
    );
  }
}

function addUse(samples: Samples, { name, profile, group, seed }: Person, ran: number): void {
  const random = chance(300 + seed);
  const of = { namespace, pod: podOf(name), container: 'notebook' };
  const there =
    (value: At): At =>
    (minute) =>
      minute < ran ? undefined : value(minute);
  const limit = sizes[profile].memory;
  const ends = killed[name];
  const pace = 0.3 + random() * 0.5;
  const memory: At = (minute) => {
    const since = ends !== undefined && minute >= ends ? minute - ends : minute - ran;
    const steep = ends !== undefined && minute < ends ? (0.99 * (minute - ran)) / (ends - ran) : 0;
    const part = 0.12 + pace * (1 - Math.exp(-since / 70)) + (exercise(minute) ? 0.04 : 0) + random() * 0.02;
    return Math.round(limit * Math.min(0.995, Math.max(part, steep)) * (profile === 'gpu' ? 0.6 : 1));
  };
  samples.add('container_memory_working_set_bytes', of, there(memory));
  samples.add(
    'kube_pod_container_resource_limits',
    { ...of, resource: 'memory' },
    there(() => limit),
  );
  samples.add(
    'container_oom_events_total',
    of,
    there((minute) => Number(ends !== undefined && minute >= ends)),
  );
  samples.add(
    'kube_pod_container_status_restarts_total',
    of,
    there((minute) => Number(name === 'trainee-8' && minute >= (ends ?? 0))),
  );
  const left = away[name] ?? Infinity;
  const cores = (minute: number): number =>
    minute > left || minute < ran ? 0.01 : (exercise(minute) ? 0.75 : 0.08) * random();
  samples.add(
    'container_cpu_usage_seconds_total',
    { ...of, cpu: 'total' },
    there(counter((minute) => 60 * cores(minute))),
  );
  const idle: At = (minute) =>
    minute > left ? (minute - left) * 60 : random() * (exercise(minute) ? 120 : 400);
  samples.add('hubwright_server_idle_seconds', { namespace, user: name, server: '' }, there(idle));
  samples.add(
    'hubwright_user_group_info',
    { namespace, user: name, group },
    there(() => 1),
  );
}
