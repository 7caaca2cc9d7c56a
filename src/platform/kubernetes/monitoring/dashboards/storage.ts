import { promql } from '../promql.ts';
import type { DashboardSpec, Panel } from './panel.ts';
import { fullIsBad, inEnvironment as env } from './panel.ts';

const person = `${env}, user=~"$user"`;
const homeFull = `1 - hubwright:home:available_bytes{${person}} / hubwright:home:capacity_bytes{${person}}`;
const homeUsed = `hubwright:home:capacity_bytes{${person}} - hubwright:home:available_bytes{${person}}`;
/** A home that is not mounted tells nothing: its last word counts. */
const lastSeen = (query: string): string =>
  `max by (user, persistentvolumeclaim) (last_over_time((${query})[$__range:5m]))`;

function volumeFull(claim: string): string {
  const of = `${env}, persistentvolumeclaim=~"${claim}"`;
  return promql`
    1 - min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${of}})
      / min by (persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{${of}})`;
}

const homes: readonly Panel[] = [
  {
    kind: 'stat',
    title: 'Homes in use',
    description: 'Homes that are mounted now: how full they are is known of these alone.',
    unit: 'short',
    width: 5,
    height: 4,
    queries: [{ expr: `count(hubwright:home:capacity_bytes{${person}}) or vector(0)`, legend: 'mounted' }],
  },
  {
    kind: 'stat',
    title: 'Fullest home',
    description: 'Of those that are mounted now.',
    unit: 'percentunit',
    width: 7,
    height: 4,
    queries: [{ expr: `topk(1, max by (user) (${homeFull}))`, legend: '{{user}}' }],
    thresholds: fullIsBad,
  },
  {
    kind: 'stat',
    title: 'Database of the hub',
    description: 'How full its volume is. When it is full, nobody can log in.',
    unit: 'percentunit',
    width: 6,
    height: 4,
    queries: [{ expr: volumeFull('(.+-)?hub-db-dir'), legend: '{{persistentvolumeclaim}}' }],
    thresholds: fullIsBad,
  },
  {
    kind: 'stat',
    title: 'Training materials (NFS)',
    description: 'How full the share is on its server, while somebody has it mounted.',
    unit: 'percentunit',
    width: 6,
    height: 4,
    queries: [{ expr: volumeFull('materials-.+'), legend: '{{persistentvolumeclaim}}' }],
    thresholds: fullIsBad,
  },
  {
    kind: 'table',
    title: 'Homes',
    description: 'How full each home was when it was last mounted, within the time that is looked at.',
    width: 12,
    height: 10,
    labels: { user: 'Person', persistentvolumeclaim: 'Claim' },
    columns: [
      { title: 'Used', unit: 'bytes', expr: lastSeen(homeUsed) },
      { title: 'Size', unit: 'bytes', expr: lastSeen(`hubwright:home:capacity_bytes{${person}}`) },
      { title: 'Full', unit: 'percentunit', bar: 1, expr: lastSeen(homeFull) },
    ],
    sortBy: 'Full',
  },
  {
    kind: 'timeseries',
    title: 'The ten fullest homes',
    description: 'One that fills up within a lesson often holds the output of a loop.',
    unit: 'percentunit',
    width: 12,
    height: 10,
    max: 1,
    queries: [
      {
        // The same ten all the time, those that are fullest at its end.
        expr: promql`
          max by (user) (${homeFull})
          and on (user)
          topk(10, max by (user) (last_over_time((${homeFull})[$__range:5m] @ end())))`,
        legend: '{{user}}',
      },
    ],
  },
];

const volumes = 'longhorn_volume_robustness{pvc_namespace="$environment"';
/** What the number was before Longhorn 1.11. Since then each state is a series. */
const states = ['unknown', 'healthy', 'degraded', 'faulted'];

/** Volumes in these states, with the name of the state. */
function volumesThatAre(wanted: readonly string[]): string {
  const numbered = wanted.map(
    (state) =>
      `label_replace(${volumes}, state=""} == ${states.indexOf(state)}, "state", "${state}", "", "")`,
  );
  return [`${volumes}, state=~"${wanted.join('|')}"} == 1`, ...numbered].join('\nor ');
}

const longhorn: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'Volumes by health',
    colors: { healthy: 'green', degraded: 'orange', faulted: 'red', unknown: 'gray' },
    description: 'Degraded: a copy is missing. Faulted: none is left. Unknown: nobody uses it now.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [
      {
        expr: promql`
          count by (state) (
            ${volumesThatAre(states)}
          )`,
        legend: '{{state}}',
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Copies by state',
    colors: { running: 'green', stopped: 'gray', error: 'red' },
    description:
      'Each volume has several copies on different nodes. Those of volumes that nobody uses are stopped.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [{ expr: 'count by (state) (longhorn_replica_state{node=~"$node"} == 1)', legend: '{{state}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Disks, by node',
    description:
      'How full the disks are that Longhorn keeps copies on. Above 75 % it places no further ones there.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [
      {
        expr: promql`
          sum by (node) (longhorn_node_storage_usage_bytes{node=~"$node"})
          / sum by (node) (longhorn_node_storage_capacity_bytes{node=~"$node"})`,
        legend: '{{node}}',
      },
    ],
  },
  {
    kind: 'table',
    title: 'Volumes that are not healthy',
    description: 'Volumes that have lost copies, and the node that has them open.',
    width: 16,
    labels: { pvc: 'Claim', volume: 'Volume', node: 'Node', state: 'State' },
    columns: [
      {
        title: 'Used',
        unit: 'bytes',
        expr: promql`
          max by (pvc, volume, node) (longhorn_volume_actual_size_bytes{pvc_namespace="$environment", node=~"$node"})
          * on (volume) group_left (state)
          group by (volume, state) (
            ${volumesThatAre(['degraded', 'faulted'])}
          )`,
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'How long a write takes, by node',
    description: 'The slowest volume of each node. Above a tenth of a second, saving a notebook is felt.',
    unit: 'ns',
    width: 8,
    queries: [
      {
        expr: 'max by (node) (longhorn_volume_write_latency{pvc_namespace="$environment", node=~"$node"})',
        legend: '{{node}}',
      },
    ],
  },
];

const nfs: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'NFS requests, by node',
    description: 'What the servers on each node read from the training materials.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: 'sum by (instance) (rate(node_nfs_requests_total{instance=~"$node"}[5m]))',
        legend: '{{instance}}',
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'NFS requests that were sent again, by node',
    description: 'The NFS server did not answer in time: reading the materials hangs.',
    unit: 'reqps',
    width: 12,
    queries: [
      {
        expr: 'sum by (instance) (rate(node_nfs_rpc_retransmissions_total{instance=~"$node"}[5m]))',
        legend: '{{instance}}',
      },
    ],
  },
];

export const storage: DashboardSpec = {
  name: 'storage',
  title: 'Storage',
  description: 'Homes and how full they are, the volumes beneath them, and the training materials.',
  variables: ['environment', 'node', 'user'],
  rows: [
    { title: 'Homes', panels: homes },
    { title: 'Longhorn', panels: longhorn },
    { title: 'Training materials', panels: nfs },
  ],
};
