import { placeholderLabel } from '../../placeholders.ts';
import { labelOf, promql } from '../promql.ts';
import type { DashboardSpec, Panel } from './panel.ts';
import { gpuResources, inEnvironment as env, noneIsGood } from './panel.ts';

const onNodes = 'node=~"$node"';
const atNodes = 'instance=~"$node"';
const profiles = `${env}, profile=~"$profile"`;
const kept = labelOf(placeholderLabel);
const placeholders = `kube_pod_labels{${env}, ${kept}!="", ${kept}=~"$profile"}`;
const unschedulable = `on (namespace, pod) (kube_pod_status_unschedulable{${env}} == 1)`;
/** Series of the node exporter, of which the node is in `instance`. */
const byNode = (query: string): string => `label_replace(${query}, "node", "$1", "instance", "(.+)")`;

/** The part of a resource that servers and all others on the node have asked for. */
function asked(resource: string): string {
  return promql`
    sum by (node) (hubwright:node:requested{${onNodes}, resource="${resource}"})
    / sum by (node) (kube_node_status_allocatable{${onNodes}, resource="${resource}"})`;
}

const memoryUsed = `1 - node_memory_MemAvailable_bytes{${atNodes}} / node_memory_MemTotal_bytes{${atNodes}}`;
/** The part of the time that was not idle: near the start of a node it is true too, where a rate alone is too small. */
const processorUsed = promql`
  sum by (instance) (rate(node_cpu_seconds_total{${atNodes}, mode!~"idle|iowait"}[5m]))
  / sum by (instance) (rate(node_cpu_seconds_total{${atNodes}}[5m]))`;

const now: readonly Panel[] = [
  {
    kind: 'stat',
    title: 'Nodes that are ready',
    description: 'And all that there are.',
    unit: 'short',
    width: 5,
    height: 5,
    queries: [
      {
        expr: `sum(kube_node_status_condition{${onNodes}, condition="Ready", status="true"})`,
        legend: 'ready',
      },
      { expr: `count(kube_node_info{${onNodes}})`, legend: 'in all' },
    ],
  },
  {
    kind: 'bargauge',
    title: 'Free seats',
    description:
      'How many more servers of each profile the nodes that are there would take. Profiles share the same room.',
    unit: 'short',
    width: 7,
    height: 5,
    queries: [{ expr: `hubwright:seats_free{${profiles}}`, legend: '{{profile}}' }],
    thresholds: [
      { from: 0, color: 'red' },
      { from: 1, color: 'orange' },
      { from: 4, color: 'green' },
    ],
  },
  {
    kind: 'stat',
    title: 'Without a node',
    description: 'Servers of people, and placeholders, that no node has room for.',
    unit: 'short',
    width: 6,
    height: 5,
    queries: [
      {
        expr: `count(hubwright:server:person{${profiles}} and ${unschedulable}) or vector(0)`,
        legend: 'servers',
      },
      { expr: `count(${placeholders} and ${unschedulable}) or vector(0)`, legend: 'placeholders' },
    ],
    thresholds: noneIsGood,
  },
  {
    kind: 'stat',
    title: 'GPUs',
    description: 'GPUs that servers have asked for, and all that the nodes have.',
    unit: 'short',
    width: 6,
    height: 5,
    queries: [
      { expr: `sum(hubwright:node:requested{${onNodes}, ${gpuResources}}) or vector(0)`, legend: 'taken' },
      {
        expr: `sum(kube_node_status_allocatable{${onNodes}, ${gpuResources}}) or vector(0)`,
        legend: 'in all',
      },
    ],
  },
];

const seats: readonly Panel[] = [
  {
    kind: 'timeseries',
    title: 'Free seats by profile',
    description: 'At nought the next person waits for a node.',
    unit: 'short',
    width: 8,
    queries: [{ expr: `hubwright:seats_free{${profiles}}`, legend: '{{profile}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Servers by profile',
    description: 'Servers that run.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [
      { expr: `count by (profile) (hubwright:server:info{${profiles}, ${onNodes}})`, legend: '{{profile}}' },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Servers by node',
    description: 'Servers that run on each node.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [
      { expr: `count by (node) (hubwright:server:info{${profiles}, ${onNodes}})`, legend: '{{node}}' },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Placeholders',
    description:
      'Seats that are kept warm, and those that found no node: the autoscaler brings one for them.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: `count by (${kept}) (${placeholders} and on (namespace, pod) (kube_pod_status_phase{${env}, phase="Running"} == 1))`,
        legend: `{{${kept}}} warm`,
      },
      {
        expr: `count by (${kept}) (${placeholders} and ${unschedulable})`,
        legend: `{{${kept}}} without a node`,
      },
    ],
  },
  {
    kind: 'table',
    title: 'Servers that wait',
    description:
      'Who waits for a server, for how long, and what Kubernetes says of it. Without a node, none has room.',
    width: 16,
    labels: { user: 'Person', profile: 'Profile', node: 'Node', reason: 'Reason' },
    columns: [
      {
        title: 'Waiting',
        unit: 's',
        expr: promql`
          max by (user, profile, node, reason) (
            (
              max by (namespace, pod, reason) (kube_pod_container_status_waiting_reason{${env}, container="notebook"} == 1)
              or label_replace(
                max by (namespace, pod) (kube_pod_status_unschedulable{${env}} == 1),
                "reason", "no node has room", "", ""
              )
            )
            * on (namespace, pod) group_left (user, profile, node)
            hubwright:server:person{${profiles}}
            * on (namespace, pod) group_left ()
            (time() - max by (namespace, pod) (kube_pod_created{${env}}))
          )`,
      },
    ],
    sortBy: 'Waiting',
  },
];

const nodes: readonly Panel[] = [
  {
    kind: 'table',
    title: 'Nodes',
    description:
      'What has been asked for of each node, and what is used. A node is full by what was asked for.',
    width: 24,
    labels: { node: 'Node', node_group: 'Group', flavor: 'Flavour' },
    columns: [
      {
        title: 'Ready',
        unit: 'bool_yes_no',
        expr: nodeTable(
          `max by (node) (kube_node_status_condition{${onNodes}, condition="Ready", status="true"})`,
        ),
      },
      {
        title: 'Servers',
        unit: 'short',
        expr: nodeTable(`count by (node) (hubwright:server:info{${profiles}, ${onNodes}})`),
      },
      { title: 'Memory asked for', unit: 'percentunit', bar: 1, expr: nodeTable(asked('memory')) },
      {
        title: 'Memory used',
        unit: 'percentunit',
        bar: 1,
        expr: nodeTable(`max by (node) (${byNode(memoryUsed)})`),
      },
      { title: 'Cores asked for', unit: 'percentunit', bar: 1, expr: nodeTable(asked('cpu')) },
      {
        title: 'Processor used',
        unit: 'percentunit',
        bar: 1,
        expr: nodeTable(`max by (node) (${byNode(processorUsed)})`),
      },
      { title: 'Pods', unit: 'percentunit', bar: 1, expr: nodeTable(asked('pods')) },
    ],
  },
  {
    kind: 'timeseries',
    title: 'Memory asked for, by node',
    description:
      'The part of its memory that pods on a node have asked for. Placeholders, which give way, are not counted.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: asked('memory'), legend: '{{node}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Memory used, by node',
    description: 'Near 100 % the kernel kills servers, though they stay within what they asked for.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: memoryUsed, legend: '{{instance}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Processor used, by node',
    description: 'At 100 % everybody on the node is slow.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [{ expr: processorUsed, legend: '{{instance}}' }],
  },
  {
    kind: 'timeseries',
    title: 'Nodes by group',
    description: 'How many nodes each node group has: the autoscaler brings and takes them.',
    unit: 'short',
    width: 8,
    draw: 'stacked',
    queries: [{ expr: `count by (node_group) (hubwright:node:info{${onNodes}})`, legend: '{{node_group}}' }],
  },
  {
    kind: 'timeseries',
    title: 'GPU use, by node',
    description: 'How busy each GPU is. Parts of a GPU (MIG) do not tell it.',
    unit: 'percent',
    width: 8,
    max: 100,
    queries: [
      {
        expr: `max by (instance, gpu) (DCGM_FI_DEV_GPU_UTIL{${atNodes}})`,
        legend: '{{instance}} GPU {{gpu}}',
      },
    ],
  },
  {
    kind: 'timeseries',
    title: 'GPU memory, by node',
    description: 'How full the memory of each GPU is.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    queries: [
      {
        expr: promql`
          max by (instance, gpu) (
            DCGM_FI_DEV_FB_USED{${atNodes}} / (DCGM_FI_DEV_FB_USED{${atNodes}} + DCGM_FI_DEV_FB_FREE{${atNodes}})
          )`,
        legend: '{{instance}} GPU {{gpu}}',
      },
    ],
  },
];

/** With the group and the flavour of the node. */
function nodeTable(query: string): string {
  return promql`
    (
      ${query}
    )
    * on (node) group_left (node_group, flavor)
    hubwright:node:info`;
}

export const capacity: DashboardSpec = {
  name: 'capacity',
  title: 'Capacity',
  description: 'Whether there is room for who comes next, node by node and profile by profile.',
  variables: ['environment', 'node', 'profile'],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Seats', panels: seats },
    { title: 'Nodes', panels: nodes },
  ],
};
