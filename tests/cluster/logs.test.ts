import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { AppsV1Api, CoreV1Api, type V1PodSpec } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { type ClusterClient, startCluster, until } from '../support/cluster.ts';
import { partsOr, test } from '../support/cluster-test.ts';
import { type Result, type Sandbox, events, sandbox } from '../support/hubwright.ts';

/** What every container has said, by KWOK. */
const said = 'This container is KWOK: it runs nothing.';

/** A node that there is not any more. */
const gone = 'gone';

interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers?: readonly string[];
  readonly args?: readonly string[];
  readonly spec?: Partial<V1PodSpec>;
}

/** Pods as the charts make them, on some node; waits until they run, those that can. */
async function run(
  cluster: ClusterClient,
  namespace: string,
  pods: Readonly<Record<string, Pod>>,
): Promise<void> {
  const api = cluster.config().makeApiClient(CoreV1Api);
  for (const [name, { labels, annotations = {}, containers = ['main'], args = [], spec }] of Object.entries(
    pods,
  )) {
    await api.createNamespacedPod({
      namespace,
      body: {
        metadata: { name, labels: { ...labels }, annotations: { ...annotations } },
        spec: {
          containers: containers.map((one) => ({ name: one, image: 'example.org/a:1', args: [...args] })),
          ...spec,
        },
      },
    });
  }
  await until('the pods run', async () => {
    const { items } = await api.listNamespacedPod({ namespace });
    return items.every(({ spec, status }) => spec?.nodeName === gone || status?.phase === 'Running');
  });
}

/** `node/pod` of each, as lines begin. */
async function places(cluster: ClusterClient, namespace: string, labelSelector: string): Promise<string[]> {
  const { items } = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace, labelSelector });
  return items.map(({ metadata, spec }) => `${spec?.nodeName}/${metadata?.name}`).toSorted();
}

interface File {
  readonly namespace?: string;
  readonly longhorn?: string;
  /** Further fields of `kubernetes`. */
  readonly kubernetes?: string;
  /** Further lines of the environment. */
  readonly more?: string;
}

/** A folder with a file of which Longhorn, or else the hub, is in the namespace of the test. */
async function inFolder(
  { namespace = 'nobodys', longhorn = 'longhorn-system', kubernetes = '', more = '' }: File,
  work: (box: Sandbox) => Promise<void>,
): Promise<void> {
  const box = sandbox();
  try {
    await box.write(
      'hub.yaml',
      `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}${kubernetes} }
    auth: { accounts: { users: { prefix: trainee, count: 2 } } }
    longhorn: { namespace: ${longhorn} }
    profiles: { standard: { displayName: Python, default: true, image: 'example.org/a:1' } }
    ${more}
`,
    );
    await work(box);
  } finally {
    await box.close();
  }
}

describe('logs', () => {
  test('of hub, proxy, certificates and a person are those of their first container', async ({
    cluster,
    namespace,
  }) => {
    const person = { 'hub.jupyter.org/username': 'trainee-1' };
    await run(cluster, namespace, {
      hub: { labels: { component: 'hub' }, containers: ['hub', 'beside'] },
      proxy: { labels: { component: 'proxy' } },
      autohttps: { labels: { component: 'autohttps' }, containers: ['traefik', 'secret-sync'] },
      one: {
        labels: { component: 'singleuser-server' },
        annotations: person,
        containers: ['notebook', 'more'],
      },
      two: { labels: { component: 'singleuser-server' }, annotations: { 'hub.jupyter.org/username': 'x' } },
    });
    const env = { KUBECONFIG: cluster.kubeconfig };
    await inFolder({ namespace }, async (box) => {
      for (const part of [['hub'], ['proxy'], ['certificates'], ['user', 'trainee-1']])
        expect(await box.must(['logs', 'training', ...part], { env })).toBe(`${said}\n`);
    });
  });

  test('of Longhorn are those of every manager, each line with its node and pod', async ({
    cluster,
    namespace,
  }) => {
    const labels = { app: 'longhorn-manager' };
    await cluster
      .config()
      .makeApiClient(AppsV1Api)
      .createNamespacedDaemonSet({
        namespace,
        body: {
          metadata: { name: 'longhorn-manager' },
          spec: {
            selector: { matchLabels: labels },
            template: {
              metadata: { labels },
              spec: {
                // As in Longhorn's chart: which one is meant has to be said.
                containers: ['longhorn-manager', 'pre-pull-share-manager-image'].map((name) => ({
                  name,
                  image: 'example.org/a:1',
                })),
              },
            },
          },
        },
      });
    await until('there is one on each node', async () => {
      const there = await places(cluster, namespace, 'app=longhorn-manager');
      return there.length > 1 && there.every((place) => !place.startsWith('undefined'));
    });
    const env = { KUBECONFIG: cluster.kubeconfig };
    await inFolder({ longhorn: namespace }, async (box) => {
      const lines = (await places(cluster, namespace, 'app=longhorn-manager')).map(
        (place) => `[${place}] ${said}`,
      );
      expect(await box.must(['logs', 'training', 'longhorn'], { env })).toBe(`${lines.join('\n')}\n`);
      const seen = events(await box.must(['logs', 'training', 'longhorn', '--json'], { env }));
      expect(seen).toEqual(lines.map((text) => ({ type: 'line', text })));
    });
  });

  test('of several pods are shown where one of them cannot be read', async ({ cluster, namespace }) => {
    const labels = { app: 'longhorn-manager' };
    await run(cluster, namespace, {
      'manager-a': { labels },
      'manager-b': { labels, spec: { nodeName: gone } },
    });
    const env = { KUBECONFIG: cluster.kubeconfig };
    await inFolder({ longhorn: namespace }, async (box) => {
      const text = await box.must(['logs', 'training', 'longhorn'], { env });
      expect(text).toMatch(/^\[\S+\/manager-a\] This container is KWOK/m);
      expect(text).toMatch(/^\[gone\/manager-b\] cannot be read: \S/m);
    });
  });
});

/** A kubeconfig of that cluster whose one context has that name, so that it can stand beside another. */
async function renamed(cluster: ClusterClient, name: string): Promise<string> {
  const { clusters, users } = JSON.parse(await readFile(cluster.kubeconfig, 'utf8')) as {
    clusters: { cluster: unknown }[];
    users: { user: unknown }[];
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: clusters[0]?.cluster }],
    users: [{ name, user: users[0]?.user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

test('of the autoscaler are found by whoever deployed it, here or on the management cluster', async ({
  cluster,
  namespace,
  skip,
}) => {
  const management = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'), { nodes: 1 });
  try {
    const config = await renamed(management, 'capi-mgmt');
    const logs = async (clusterName?: string): Promise<Result> => {
      let result: Result | undefined;
      const more = clusterName === undefined ? '' : `openstack: { cloud: x, clusterName: ${clusterName} }`;
      await inFolder({ namespace, kubernetes: ', managementContext: capi-mgmt', more }, async (box) => {
        const file = await box.write('capi-mgmt.yaml', config, 0o600);
        const env = { KUBECONFIG: `${cluster.kubeconfig}${delimiter}${file}` };
        result = await box.run(['logs', 'training', 'autoscaler'], { env });
      });
      return result as Result;
    };
    const labelled = (name: string): Pod => ({
      labels: { 'capi.stackhpc.com/component': 'autoscaler', 'capi.stackhpc.com/cluster': name },
    });

    const nowhere = await logs();
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toContain('There is no pod of the autoscaler.');
    expect(nowhere.stderr).toContain('context capi-mgmt');

    await run(management, 'default', { 'training-autoscaler': labelled('training') });
    expect(await logs()).toMatchObject({ exitCode: 0, stdout: `${said}\n` });

    await run(management, 'default', {
      'other-clusterapi-cluster-autoscaler': {
        labels: { 'app.kubernetes.io/name': 'clusterapi-cluster-autoscaler' },
        args: ['--node-group-auto-discovery=clusterapi:namespace=default,clusterName=other'],
      },
    });
    const unclear = await logs();
    expect(unclear.exitCode).toBe(1);
    expect(unclear.stderr.replaceAll(/\s+/g, ' ')).toContain('of several clusters: other, training.');
    expect(unclear.stderr).toContain('openstack.clusterName');
    expect(await logs('other')).toMatchObject({ exitCode: 0, stdout: `${said}\n` });

    // Magnum's, on the cluster itself, is nearer than any other.
    const magnum = { labels: { app: 'cluster-autoscaler' } };
    await run(cluster, namespace, { 'cluster-autoscaler-a': magnum, 'cluster-autoscaler-b': magnum });
    const { stdout } = await logs();
    for (const place of await places(cluster, namespace, 'app=cluster-autoscaler'))
      expect(stdout).toContain(`[${place}] ${said}\n`);
    expect(stdout.split('\n')).toHaveLength(3);
  } finally {
    await management.stop();
  }
});
