import { namespace, node, requests, series, steady } from '../../support/monitoring/series.ts';
import type { Series } from '../../support/monitoring/series.ts';
import type { AlertCase } from './case.ts';

const nodeNotReady: readonly AlertCase[] = [
  { alert: 'NodeNotReady', when: 'it is ready', series: [node({ name: 'node-1' })], at: '10m' },
  {
    alert: 'NodeNotReady',
    when: 'it has not been for four minutes',
    series: [node({ name: 'node-1', ready: '1x10 0x20' }), node({ name: 'node-2' })],
    at: '9m',
    tells: [
      { labels: { node: 'node-1' }, summary: 'Node node-1 is not ready', command: 'hubwright status course' },
    ],
  },
  {
    alert: 'NodeNotReady',
    when: 'it was away for a minute',
    series: [node({ name: 'node-1', ready: '1x10 0x2 1x20' })],
    at: '6m30s',
  },
  {
    alert: 'NodeNotReady',
    when: 'it is being emptied',
    series: [node({ name: 'node-1', ready: '1x10 0x20', unschedulable: true })],
    at: '9m',
  },
];

const gibibyte = 1024 ** 3;
const full = requests('jupyter-ann', 'node-1', { memory: 7 * gibibyte });
const noSeat = {
  labels: { namespace, profile: 'standard' },
  summary: 'No node has room for another server of standard in course',
  command: 'hubwright status course',
};
const noFreeSeat: readonly AlertCase[] = [
  { alert: 'NoFreeSeat', when: 'a node has room', series: [node({ name: 'node-1' })], at: '10m' },
  {
    alert: 'NoFreeSeat',
    when: 'the only node is full',
    series: [node({ name: 'node-1' }), full],
    at: '10m',
    tells: [noSeat],
  },
  {
    alert: 'NoFreeSeat',
    when: 'what fills it gives way',
    series: [
      node({ name: 'node-1' }),
      requests(
        'placeholder-1',
        'node-1',
        { memory: 7 * gibibyte },
        { labels: { label_hubwright_placeholder: 'standard' } },
      ),
    ],
    at: '10m',
  },
  {
    alert: 'NoFreeSeat',
    when: 'the node with room is not ready',
    series: [node({ name: 'node-1' }), full, node({ name: 'node-2', ready: false })],
    at: '10m',
    tells: [noSeat],
  },
  {
    alert: 'NoFreeSeat',
    when: 'only the other profile has none',
    series: [node({ name: 'node-1' })],
    at: '10m',
  },
  { alert: 'NoFreeSeat', when: 'nothing is known of the cluster', series: [], at: '10m' },
];

const placeholder = (name: string, unschedulable: boolean): Series => {
  const of = { namespace, pod: name };
  return {
    ...series('kube_pod_labels', { ...of, label_hubwright_placeholder: 'standard' }, steady(1)),
    ...(unschedulable ? series('kube_pod_status_unschedulable', of, steady(1)) : {}),
  };
};
const placeholders: readonly AlertCase[] = [
  {
    alert: 'PlaceholdersUnschedulable',
    when: 'they have their places',
    series: [placeholder('p-1', false)],
    at: '30m',
  },
  {
    alert: 'PlaceholdersUnschedulable',
    when: 'a node is being added for them',
    series: [placeholder('p-1', true)],
    at: '10m',
  },
  {
    alert: 'PlaceholdersUnschedulable',
    when: 'two of three have found no node for twenty minutes',
    series: [placeholder('p-1', true), placeholder('p-2', true), placeholder('p-3', false)],
    at: '20m',
    tells: [
      {
        labels: { namespace, profile: 'standard' },
        summary: '2 warm seats of standard in course find no node',
        command: 'hubwright logs course autoscaler',
      },
    ],
  },
];

const container = series(
  'container_memory_working_set_bytes',
  { namespace: 'kube-system', pod: 'a', container: 'b' },
  steady(1),
);
const silent = (exporter: string) => ({
  labels: { exporter },
  summary: `Prometheus hears nothing from ${exporter}`,
  command: 'hubwright status course',
});
const metricsMissing: readonly AlertCase[] = [
  {
    alert: 'MetricsMissing',
    when: 'both exporters answer',
    series: [node({ name: 'node-1' }), container],
    at: '20m',
  },
  {
    alert: 'MetricsMissing',
    when: 'the kubelets do not',
    series: [node({ name: 'node-1' })],
    at: '20m',
    tells: [silent('kubelet')],
  },
  {
    alert: 'MetricsMissing',
    when: 'neither does',
    series: [],
    at: '20m',
    tells: [silent('kube-state-metrics'), silent('kubelet')],
  },
];

export const capacityCases: readonly AlertCase[] = [
  ...nodeNotReady,
  ...noFreeSeat,
  ...placeholders,
  ...metricsMissing,
];
