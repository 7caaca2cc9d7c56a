import { promql } from '../promql.ts';
import type { Column, DashboardSpec, Panel } from './panel.ts';
import { chosenServers, inEnvironment as env } from './panel.ts';

const server = (metric: string): string => `hubwright:server:${metric}{${chosenServers}}`;
const ofLimit = `${server('memory_bytes')} / ${server('memory_limit_bytes')}`;

/** The hub knows of idleness by person, so it is that of all their servers. */
const idle = promql`
  ${server('info')}
  * on (namespace, user) group_left ()
  min by (namespace, user) (hubwright_server_idle_seconds{${env}})`;

const by = 'max by (user, profile, node)';

function column(title: string, unit: string, expr: string, bar?: number): Column {
  return { title, unit, expr: `${by} (${expr})`, ...(bar === undefined ? {} : { bar }) };
}

const now: readonly Panel[] = [
  {
    kind: 'stat',
    title: 'People with a server',
    description: 'Servers that run now, of those that are chosen above.',
    unit: 'short',
    width: 6,
    height: 4,
    queries: [{ expr: `count(${server('info')}) or vector(0)`, legend: 'now' }],
  },
  {
    kind: 'stat',
    title: 'Idle for an hour',
    description: 'People whose server runs, but who have done nothing in it for an hour.',
    unit: 'short',
    width: 6,
    height: 4,
    queries: [{ expr: `count(${idle} > 3600) or vector(0)`, legend: 'idle' }],
  },
  {
    kind: 'stat',
    title: 'Memory',
    description: 'What these servers use, and what they may use.',
    unit: 'bytes',
    width: 6,
    height: 4,
    queries: [
      { expr: `sum(${server('memory_bytes')})`, legend: 'used' },
      { expr: `sum(${server('memory_limit_bytes')})`, legend: 'limits' },
    ],
  },
  {
    kind: 'stat',
    title: 'Cores and GPUs',
    description: 'Processor cores that these servers use, and GPUs that they hold.',
    unit: 'short',
    width: 6,
    height: 4,
    queries: [
      { expr: `sum(${server('cpu_cores')})`, legend: 'cores' },
      { expr: `sum(${server('gpus')}) or vector(0)`, legend: 'GPUs' },
    ],
  },
  {
    kind: 'table',
    title: 'Who uses what now',
    description: 'Each server that runs. Near 100 % of its limit a server is about to be killed.',
    width: 24,
    height: 12,
    labels: { user: 'Person', profile: 'Profile', node: 'Node' },
    columns: [
      column('Memory', 'bytes', server('memory_bytes')),
      column('Of limit', 'percentunit', ofLimit, 1),
      column('Cores', 'short', server('cpu_cores')),
      column('GPUs', 'short', server('gpus')),
      column('GPU use', 'percentunit', server('gpu_utilization'), 1),
      column('Idle', 's', idle),
    ],
    sortBy: 'Of limit',
  },
];

const legend = '{{user}} on {{node}}';
const lesson: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'Memory against its limit',
    description: 'At 100 % a kernel, or the whole server, is killed.',
    unit: 'percentunit',
    width: 12,
    max: 1,
    queries: [{ expr: ofLimit, legend }],
  },
  {
    kind: 'timeseries',
    title: 'Memory',
    description: 'What each server uses.',
    unit: 'bytes',
    width: 12,
    queries: [{ expr: server('memory_bytes'), legend }],
  },
  {
    kind: 'timeseries',
    title: 'Cores',
    description: 'Processor cores that each server uses.',
    unit: 'short',
    width: 12,
    queries: [{ expr: server('cpu_cores'), legend }],
  },
  {
    kind: 'timeseries',
    title: 'GPU use',
    description: 'How busy the GPUs of each server are. One that is held and not used keeps it from others.',
    unit: 'percentunit',
    width: 12,
    max: 1,
    queries: [{ expr: server('gpu_utilization'), legend }],
  },
  {
    kind: 'timeseries',
    title: 'Idle',
    description:
      'How long nobody has done anything in a server. Those that are idle for too long are stopped.',
    unit: 's',
    width: 12,
    queries: [{ expr: idle, legend }],
  },
  {
    kind: 'table',
    title: 'Ran out of memory',
    description:
      'People whose kernels or server were killed, of those who have one now, over the time that is looked at.',
    width: 12,
    labels: { user: 'Person', profile: 'Profile', node: 'Node' },
    columns: [
      column('Kernels killed', 'short', killed('container_oom_events_total')),
      column('Server restarted', 'short', killed('kube_pod_container_status_restarts_total')),
    ],
    sortBy: 'Kernels killed',
  },
];

function killed(counter: string): string {
  return promql`
    ceil(sum by (namespace, pod) (increase(${counter}{${env}, container="notebook"}[$__range])) > 0)
    * on (namespace, pod) group_left (user, profile, node)
    ${server('info')}`;
}

export const people: DashboardSpec = {
  name: 'people',
  title: 'People',
  description: 'Who uses what, now and over a lesson.',
  variables: ['environment', 'node', 'profile', 'user'],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Over the lesson', panels: lesson },
  ],
};
