import { beforeEach, describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/schema/environment.ts';
import { recordingRules } from '../../src/platform/kubernetes/monitoring/recording/index.ts';
import { noPrometheus, testRules } from '../support/monitoring/promtool.ts';
import { course } from '../support/monitoring/recorded.ts';
import type { Series } from '../support/monitoring/series.ts';
import { namespace, node, podOf, requests, series, server, steady } from '../support/monitoring/series.ts';
import { clusterEnvironment } from '../unit/platform/kubernetes/environments.ts';

const gibibyte = 1024 ** 3;

/** What a query gives ten minutes after the series began: values by labels, as promtool writes them. */
async function expectRecorded(
  query: string,
  all: readonly Series[],
  expected: Readonly<Record<string, number>>,
  environment: Environment = course,
): Promise<void> {
  const samples = Object.entries(expected).map(([labels, value]) => ({ labels, value }));
  const ran = await testRules({
    groups: recordingRules(environment),
    series: Object.assign({}, ...all) as Record<string, string>,
    expected: { promql_expr_test: [{ expr: query, eval_time: '10m', exp_samples: samples }] },
  });
  expect(ran, ran.output).toMatchObject({ code: 0 });
}

beforeEach(({ skip }) => {
  if (noPrometheus !== undefined) skip(noPrometheus);
});

describe('people’s servers', () => {
  const of = (user: string, on: string, profile: string): string =>
    `{namespace="${namespace}", pod="${podOf(user)}", node="${on}", user="${user}", profile="${profile}"}`;

  test('each that runs, by the real name; `default` where no profile is on the pod', async () => {
    const all = [
      server({ user: 'Ann@example.org', profile: 'gpu', on: 'node-1' }),
      server({ user: 'bob', on: 'node-2' }),
      server({ user: 'cat', profile: 'gpu', on: 'node-1', phase: 'Pending' }),
      server({ user: 'dan', profile: 'gpu', phase: 'Pending' }),
    ];
    await expectRecorded('hubwright:server:info', all, {
      [`hubwright:server:info${of('Ann@example.org', 'node-1', 'gpu')}`]: 1,
      [`hubwright:server:info${of('bob', 'node-2', 'default')}`]: 1,
    });
  });

  test('no pod of the hub, and none of another environment', async () => {
    const elsewhere = { namespace: 'evening', pod: 'jupyter-ann', label_component: 'singleuser-server' };
    const all = [
      requests('hub-1', 'node-1', {}, { labels: { label_component: 'hub' } }),
      series('kube_pod_labels', elsewhere, steady(1)),
    ];
    await expectRecorded('hubwright:server:info', all, {});
  });

  test('kube-state-metrics that restarts, and is there twice for a moment, counts once', async () => {
    const twice = { namespace, pod: podOf('ann'), node: 'node-1', instance: 'other' };
    const all = [server({ user: 'ann', on: 'node-1' }), series('kube_pod_info', twice, steady(1))];
    await expectRecorded('sum(hubwright:server:info)', all, { '{}': 1 });
  });

  test('what they use, and may use', async () => {
    const container = { namespace, pod: podOf('ann'), container: 'notebook' };
    const all = [
      server({ user: 'ann', profile: 'gpu', on: 'node-1' }),
      node({ name: 'node-1', gpus: 2 }),
      requests(podOf('ann'), 'node-1', { memory: 2 * gibibyte, cpu: 3, nvidia_com_gpu: 1 }),
      series('container_memory_working_set_bytes', container, steady(1000)),
      series('kube_pod_container_resource_limits', { ...container, resource: 'memory' }, steady(2000)),
      series('container_cpu_usage_seconds_total', container, '0+15x100'),
      series(
        'DCGM_FI_DEV_GPU_UTIL',
        { gpu: '0', exported_pod: podOf('ann'), exported_namespace: namespace },
        steady(40),
      ),
      series(
        'DCGM_FI_DEV_GPU_UTIL',
        { gpu: '1', namespace: 'gpu-operator', pod: 'dcgm-exporter' },
        steady(90),
      ),
    ];
    // With the profile's own labels, which `requests` has without.
    const own = Object.assign({}, ...all.toReversed()) as Series;
    for (const [metric, value] of Object.entries({
      memory_bytes: 1000,
      memory_limit_bytes: 2000,
      cpu_cores: 0.5,
      gpus: 1,
      gpu_utilization: 0.4,
    })) {
      await expectRecorded(`hubwright:server:${metric}`, [own], {
        [`hubwright:server:${metric}${of('ann', 'node-1', 'gpu')}`]: value,
      });
    }
  });

  test('a server takes of its node what it asks for most: three of four cores', async () => {
    const all = [
      requests(podOf('ann'), 'node-1', { memory: 2 * gibibyte, cpu: 3 }),
      server({ user: 'ann', profile: 'gpu', on: 'node-1' }),
      node({
        name: 'node-1',
        memory: 8,
        cpu: 4,
        labels: { label_node_kubernetes_io_instance_type: 'l3.small' },
      }),
    ];
    await expectRecorded('sum by (user, flavor) (hubwright:server:node_share)', all, {
      '{user="ann", flavor="l3.small"}': 0.75,
    });
  });

  test('a GPU is found by its pod where the exporter’s own labels were kept', async () => {
    const all = [
      server({ user: 'ann', profile: 'gpu', on: 'node-1' }),
      series('DCGM_FI_DEV_GPU_UTIL', { gpu: '0', pod: podOf('ann'), namespace }, steady(40)),
    ];
    await expectRecorded('sum by (user) (hubwright:server:gpu_utilization)', all, { '{user="ann"}': 0.4 });
  });
});

describe('seats', () => {
  const seats = (profile: string): string => `hubwright:seats_free{profile="${profile}"}`;
  const expectSeats = (
    profile: string,
    all: readonly Series[],
    free: number,
    environment = course,
  ): Promise<void> =>
    expectRecorded(
      seats(profile),
      all,
      { [`hubwright:seats_free{namespace="${namespace}", profile="${profile}"}`]: free },
      environment,
    );
  const dedicated = { key: 'hub.jupyter.org/dedicated', value: 'user', effect: 'NoSchedule' };

  // A standard server asks for 2 GiB and half a core, of 8 GiB and four cores.
  test.each<[string, number, readonly Series[]]>([
    ['an empty node takes what its memory allows', 4, [node({ name: 'a' })]],
    ['cores can be what there is least of', 2, [node({ name: 'a', cpu: 1 })]],
    ['so can pods', 1, [node({ name: 'a', pods: 1 })]],
    [
      'each node counts by itself: halves do not add up',
      2,
      [node({ name: 'a', memory: 3 }), node({ name: 'b', memory: 3 })],
    ],
    ['what runs there is taken off', 3, [node({ name: 'a' }), requests('p', 'a', { memory: gibibyte })]],
    [
      'so is what starts there',
      3,
      [node({ name: 'a' }), requests('p', 'a', { memory: gibibyte }, { phase: 'Pending' })],
    ],
    [
      'what is over is not',
      4,
      [node({ name: 'a' }), requests('p', 'a', { memory: gibibyte }, { phase: 'Succeeded' })],
    ],
    [
      'what gives way is not',
      4,
      [
        node({ name: 'a' }),
        requests('p', 'a', { memory: 8 * gibibyte }, { labels: { label_hubwright_placeholder: 'gpu' } }),
      ],
    ],
    [
      'a node that holds too much takes none from others',
      4,
      [node({ name: 'a', memory: 1 }), node({ name: 'b' }), requests('p', 'a', { memory: 3 * gibibyte })],
    ],
    ['one that is not ready takes none', 0, [node({ name: 'a', ready: false })]],
    ['one that is being emptied takes none', 0, [node({ name: 'a', unschedulable: true })]],
    [
      'a taint keeps servers off',
      0,
      [node({ name: 'a', taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] })],
    ],
    [
      'a taint that only would rather not does not',
      4,
      [node({ name: 'a', taints: [{ key: 'any', effect: 'PreferNoSchedule' }] })],
    ],
    ['nor does one that the chart tolerates', 4, [node({ name: 'a', taints: [dedicated] })]],
    ['with another value it does', 0, [node({ name: 'a', taints: [{ ...dedicated, value: 'core' }] })]],
    [
      'cores that are used up to the last twentieth still make a seat',
      1,
      [
        node({ name: 'a', cpu: 3.6 }),
        ...[1, 2, 3].map((n) => requests(`p${n}`, 'a', { cpu: 1.0333333333333334 })),
      ],
    ],
  ])('%s', async (_what, free, all) => {
    await expectSeats('standard', all, free);
  });

  const gpuNode = {
    name: 'g',
    memory: 64,
    cpu: 16,
    gpus: 2,
    labels: { label_node_group: 'gpu' },
    taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
  };

  test.each<[string, number, readonly Series[]]>([
    ['as many as there are GPUs, behind their taint', 2, [node(gpuNode)]],
    ['a GPU that is in use is taken off', 1, [node(gpuNode), requests('p', 'g', { nvidia_com_gpu: 1 })]],
    [
      'a node without any takes none',
      0,
      [node({ name: 'a', memory: 64, cpu: 16, labels: { label_node_group: 'gpu' } })],
    ],
    ['one of another group takes none', 0, [node({ ...gpuNode, labels: { label_node_group: 'other' } })]],
  ])('with GPUs: %s', async (_what, free, all) => {
    await expectSeats('gpu', all, free);
  });

  test.each<[string, number, string, Record<string, string>]>([
    [
      'In',
      4,
      'helmValues: { jupyterhub: { scheduling: { userPods: { nodeAffinity: { matchNodePurpose: require } } } } }',
      { label_hub_jupyter_org_node_purpose: 'user' },
    ],
    [
      'In, of another',
      0,
      'helmValues: { jupyterhub: { scheduling: { userPods: { nodeAffinity: { matchNodePurpose: require } } } } }',
      { label_hub_jupyter_org_node_purpose: 'core' },
    ],
    ['NotIn', 0, affinity('{ key: zone, operator: NotIn, values: [a, b] }'), { label_zone: 'b' }],
    ['NotIn, of a node without it', 4, affinity('{ key: zone, operator: NotIn, values: [a, b] }'), {}],
    ['Exists', 0, affinity('{ key: zone, operator: Exists }'), {}],
    ['DoesNotExist', 0, affinity('{ key: zone, operator: DoesNotExist }'), { label_zone: 'a' }],
    [
      'Gt, which cannot be asked',
      4,
      affinity('{ key: zone, operator: Gt, values: ["3"] }'),
      { label_zone: '1' },
    ],
  ])('with an affinity that is required: %s', async (_what, free, yaml, labels) => {
    const required = clusterEnvironment(`
auth: { accounts: { admins: [alex] } }
https: off
profiles: { standard: { displayName: Python, image: example.org/a:1, memory: { limit: 2G } } }
${yaml}`);
    await expectSeats('standard', [node({ name: 'a', labels })], free, required);
  });

  test('a toleration of the file without a key tolerates every taint', async () => {
    const tolerant = clusterEnvironment(`
auth: { accounts: { admins: [alex] } }
https: off
profiles: { standard: { displayName: Python, image: example.org/a:1, memory: { limit: 2G } } }
helmValues: { jupyterhub: { singleuser: { extraTolerations: [{ operator: Exists }] } } }`);
    await expectSeats(
      'standard',
      [node({ name: 'a', taints: [{ key: 'any', effect: 'NoExecute' }] })],
      4,
      tolerant,
    );
  });
});

/** @returns the line of a file that wants a node on which this is true. */
function affinity(expression: string): string {
  return `helmValues: { jupyterhub: { singleuser: { extraNodeAffinity: { required: [{ matchExpressions: [${expression}] }] } } } }`;
}

test('the environment is listed by its name', async () => {
  await expectRecorded('hubwright:environment:info', [], {
    [`hubwright:environment:info{namespace="${namespace}", deployment="lessons", environment="course"}`]: 1,
  });
});
