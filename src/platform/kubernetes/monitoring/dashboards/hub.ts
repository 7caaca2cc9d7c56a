import { promql } from '../promql.ts';
import type { DashboardSpec, Panel } from './panel.ts';
import { inEnvironment as env, noneIsGood } from './panel.ts';

const spawns = 'jupyterhub_server_spawn_duration_seconds';

/** How long `share` of the starts took, at most. */
function spawnTime(share: number, range: string): string {
  return promql`
    histogram_quantile(
      ${share},
      sum by (le) (rate(${spawns}_bucket{${env}, status="success"}[${range}]))
    )`;
}

const now: readonly Panel[] = [
  {
    kind: 'stat',
    title: 'Hub and proxy',
    description: 'Whether they answer Prometheus, and the node that each runs on.',
    unit: 'none',
    width: 7,
    height: 4,
    queries: [{ expr: `up{${env}, job=~"hub|proxy"}`, legend: '{{job}} on {{instance}}' }],
    mappings: { 0: 'down', 1: 'up' },
    thresholds: [
      { from: 0, color: 'red' },
      { from: 1, color: 'green' },
    ],
  },
  {
    kind: 'stat',
    title: 'People',
    description: 'Servers that run now.',
    unit: 'short',
    width: 3,
    height: 4,
    queries: [{ expr: `count(hubwright:server:info{${env}}) or vector(0)`, legend: 'now' }],
  },
  {
    kind: 'stat',
    title: 'Free seats',
    description: 'How many more servers of each profile the nodes that are there would take.',
    unit: 'short',
    width: 4,
    height: 4,
    queries: [{ expr: `hubwright:seats_free{${env}}`, legend: '{{profile}}' }],
    thresholds: [
      { from: 0, color: 'red' },
      { from: 1, color: 'green' },
    ],
  },
  {
    kind: 'stat',
    title: 'Start of a server',
    description: 'Within this time 95 of 100 servers started, over the time that is looked at.',
    unit: 's',
    width: 3,
    height: 4,
    queries: [{ expr: spawnTime(0.95, '$__range'), legend: '95 of 100' }],
    thresholds: [
      { from: 0, color: 'green' },
      { from: 60, color: 'orange' },
      { from: 120, color: 'red' },
    ],
  },
  {
    kind: 'stat',
    title: 'Failed starts',
    description: 'Servers that did not start, over the time that is looked at.',
    unit: 'short',
    width: 3,
    height: 4,
    queries: [
      {
        expr: `round(sum(increase(${spawns}_count{${env}, status="failure"}[$__range]))) or vector(0)`,
        legend: 'failed',
      },
    ],
    thresholds: noneIsGood,
  },
  {
    kind: 'stat',
    title: 'Certificate',
    description: "How long Let's Encrypt's certificate is still good. It is renewed 30 days before its end.",
    unit: 's',
    width: 4,
    height: 4,
    queries: [{ expr: `max by (sans) (traefik_tls_certs_not_after{${env}}) - time()`, legend: '{{sans}}' }],
    thresholds: [
      { from: 0, color: 'red' },
      { from: 14 * 86_400, color: 'green' },
    ],
  },
];

const people: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'Log-ins',
    colors: { success: 'green', failure: 'red' },
    description: 'Those that succeeded and those that did not, in the five minutes of each bar.',
    unit: 'short',
    width: 8,
    draw: 'bars',
    queries: [
      {
        expr: `sum by (result) (increase(hubwright_logins_total{${env}}[$__rate_interval]))`,
        legend: '{{result}}',
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Active people',
    description: 'Servers that run, and people whom the hub has seen within a day, a week and a month.',
    unit: 'short',
    width: 8,
    queries: [
      { expr: `count(hubwright:server:info{${env}})`, legend: 'now' },
      { expr: `max by (period) (jupyterhub_active_users{${env}})`, legend: 'within {{period}}' },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Servers by profile',
    description: 'Servers that run, by the profile that people chose.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [{ expr: `count by (profile) (hubwright:server:info{${env}})`, legend: '{{profile}}' }],
  },
];

const starts: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'How long a start takes',
    description:
      'Within these times half of the servers started, and 95 of 100. Of those that still start the hub tells nothing.',
    unit: 's',
    width: 8,
    queries: [
      { expr: spawnTime(0.5, '10m'), legend: 'half' },
      { expr: spawnTime(0.95, '10m'), legend: '95 of 100' },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Starts by outcome',
    colors: { success: 'green', failure: 'red', throttled: 'orange', 'too-many-users': 'orange' },
    description:
      'In the five minutes of each bar. `throttled` and `too-many-users` are people whom the hub sent away.',
    unit: 'short',
    width: 8,
    draw: 'bars',
    queries: [
      { expr: `sum by (status) (increase(${spawns}_count{${env}}[$__rate_interval]))`, legend: '{{status}}' },
    ],
  },
  {
    kind: 'timeseries',
    title: 'What keeps servers from running',
    description:
      'Servers by what Kubernetes says of them: an image that cannot be pulled, no room, a server that was killed.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [
      {
        expr: `count by (reason) (kube_pod_container_status_waiting_reason{${env}, container="notebook", reason!~"ContainerCreating|PodInitializing"} == 1)`,
        legend: '{{reason}}',
      },
      {
        expr: `count by (reason) (kube_pod_container_status_terminated_reason{${env}, container="notebook", reason!="Completed"} == 1)`,
        legend: '{{reason}}',
      },
      {
        expr: `count by (reason) (kube_pod_status_reason{${env}} == 1 and on (namespace, pod) hubwright:server:person{${env}})`,
        legend: '{{reason}}',
      },
      {
        expr: `count(hubwright:server:person{${env}} and on (namespace, pod) (kube_pod_status_unschedulable{${env}} == 1))`,
        legend: 'no node has room',
      },
    ],
  },
];

const itself: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'Event loop of the hub',
    description: 'How long a turn takes. At rest it is 0.05 s; above a quarter of a second people feel it.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.99].map((share) => ({
      expr: `histogram_quantile(${share}, sum by (le, instance) (rate(jupyterhub_event_loop_interval_seconds_bucket{${env}}[5m])))`,
      legend: `${share * 100} of 100, on {{instance}}`,
    })),
  },
  {
    kind: 'timeseries',
    title: 'How long the hub takes to answer',
    description:
      'Half of the requests, and 95 of 100, were answered within these times. Pages that show the progress of a start stay open and are left out.',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95].map((share) => ({
      expr: `histogram_quantile(${share}, sum by (le) (rate(jupyterhub_request_duration_seconds_bucket{${env}, handler!~".*SpawnProgressAPIHandler"}[5m])))`,
      legend: `${share * 100} of 100`,
    })),
  },
  {
    kind: 'timeseries',
    title: 'Answers of the hub',
    description:
      'Requests a second by the code of the answer. 5xx are faults, 403 wrong passwords among others.',
    unit: 'reqps',
    width: 8,
    draw: 'stacked',
    queries: [
      {
        expr: `sum by (code) (rate(jupyterhub_request_duration_seconds_count{${env}}[5m]))`,
        legend: '{{code}}',
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Memory of hub and proxy',
    description: 'Memory that each container uses, on its node.',
    unit: 'bytes',
    width: 8,
    queries: [
      {
        expr: `max by (container, instance) (container_memory_working_set_bytes{${env}, container=~"hub|chp|traefik"})`,
        legend: '{{container}} on {{instance}}',
      },
    ],
  },
];

const proxy: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'Routes and open sockets of the proxy',
    description:
      'Each server has a route, and each open notebook some sockets. Sockets that grow while people leave are a leak. A route that was set twice counts twice.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: `sum by (instance) (nodejs_active_resources{${env}, type="TCPSocketWrap"})`,
        legend: 'sockets, on {{instance}}',
      },
      {
        expr: `sum by (instance) (api_route_add{${env}} - api_route_delete{${env}})`,
        legend: 'routes, on {{instance}}',
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Event loop of the proxy',
    description: 'How late it is, at 99 of 100 turns.',
    unit: 's',
    width: 8,
    queries: [
      {
        expr: `max by (instance) (nodejs_eventloop_lag_p99_seconds{${env}})`,
        legend: 'proxy on {{instance}}',
      },
    ],
  },
];

export const hub: DashboardSpec = {
  name: 'hub',
  title: 'Hub',
  description: 'Whether people can log in and start, and how the hub and its proxy are.',
  variables: ['environment'],
  rows: [
    { title: 'Now', panels: now },
    { title: 'People', panels: people },
    { title: 'Starting servers', panels: starts },
    { title: 'Hub and proxy', panels: [...itself, ...proxy] },
  ],
};
