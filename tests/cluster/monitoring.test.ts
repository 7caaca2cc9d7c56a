import { CoreV1Api, CustomObjectsApi } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { partsOr, test } from '../support/cluster-test.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { miniChart } from '../support/helm.ts';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import { secretOf } from './faults.ts';
import type { ClusterEnv } from './kit.ts';

const on = '{ receivers: { ops: { webhook: { fromEnv: ALERTS } } } }';

/** Two environments that share a cluster, each watched or not. */
const file = ({ morning = 'off', evening = 'off' }): string => `name: lessons
defaults:
  auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 1 } } }
  longhorn: off
  homes: { storageClass: standard }
  charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, monitoring: { source: ${miniChart('monitoring')} } }
  profiles: { standard: { displayName: Python, image: example.org/a:1, memory: { limit: 1G } } }
environments:
  morning: { target: kubernetes, kubernetes: { context: admin, namespace: morning, release: morning }, monitoring: ${morning} }
  evening: { target: kubernetes, kubernetes: { context: admin, namespace: evening, release: evening }, monitoring: ${evening} }
`;

const deploy = (name: string): string[] => ['deploy', name, '--no-verify'];

test('the monitoring comes with the first environment that asks for it, and goes with the last', async ({
  skip,
  helm3,
}) => {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  const box = sandbox();
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    HUBWRIGHT_HELM: helm3,
    ALERTS: 'https://alerts.example.org/S3CRET',
  };
  try {
    await box.write('hub.yaml', file({ morning: on, evening: on }));
    await box.must(['charts', 'lock'], { env });
    await box.must(deploy('morning'), { env });
    await isWatched(cluster, 'morning');
    expect(await box.must(['plan', 'morning'], { env })).toContain('Nothing to do');
    const { 'admin-password': password } = await secretOf(cluster, 'monitoring', 'hubwright-grafana');
    await leadsToGrafana(box, env, password ?? '');

    // The second one adds what is its own, and changes nothing of the stack.
    const plan = await box.must(['plan', 'evening'], { env });
    expect(plan).toContain('Metrics and alerts');
    expect(plan).not.toContain('Monitoring: release');
    await box.must(deploy('evening'), { env });
    await isWatched(cluster, 'evening');
    expect((await secretOf(cluster, 'monitoring', 'hubwright-grafana'))['admin-password']).toBe(password);
    expect(await box.must(['plan', 'morning'], { env })).toContain('Nothing to do');

    await box.write('hub.yaml', file({ evening: on }));
    expect(await box.must(['plan', 'morning'], { env })).toContain(
      'the monitoring in monitoring stays: evening uses it',
    );
    await box.must(deploy('morning'), { env });
    expect(await namesOf(cluster, 'servicemonitors', 'morning')).toEqual([]);
    expect(await namesOf(cluster, 'prometheusrules', 'morning')).toEqual([]);
    await isWatched(cluster, 'evening');

    await box.write('hub.yaml', file({}));
    await box.must(deploy('evening'), { env });
    expect(await namespaces(cluster)).not.toContain('monitoring');
    expect(await kinds(cluster)).toEqual([]);
    for (const name of ['morning', 'evening'])
      expect(await box.must(['plan', name], { env })).toContain('Nothing to do');
  } finally {
    await box.close();
    await cluster.stop();
  }
});

async function isWatched(cluster: Cluster, namespace: string): Promise<void> {
  expect(await namesOf(cluster, 'servicemonitors', namespace)).toEqual(['hubwright-hub']);
  expect(await namesOf(cluster, 'prometheusrules', namespace)).toEqual(['hubwright']);
  expect(await dashboards(cluster)).toEqual(['capacity', 'cost', 'hub', 'people', 'storage']);
  // The address of the webhook is in a file that the configuration names, and in nothing else.
  const secret = await secretOf(cluster, 'monitoring', 'hubwright-alertmanager');
  expect(secret['alertmanager.yaml']).toContain('/etc/alertmanager/config/ops-webhook');
  expect(secret['alertmanager.yaml']).not.toContain('S3CRET');
  expect(secret['ops-webhook']).toBe('https://alerts.example.org/S3CRET');
}

async function namesOf(cluster: Cluster, plural: string, namespace: string): Promise<string[]> {
  const list = (await cluster.config().makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
    group: 'monitoring.coreos.com',
    version: 'v1',
    plural,
    namespace,
  })) as { items: { metadata: { name: string } }[] };
  return list.items.map(({ metadata }) => metadata.name);
}

/** Those that Grafana's sidecar finds. */
async function dashboards(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.config().makeApiClient(CoreV1Api).listNamespacedConfigMap({
    namespace: 'monitoring',
    labelSelector: 'grafana_dashboard=1',
  });
  return items.map(({ metadata }) => metadata?.name?.replace('hubwright-dashboard-', '') ?? '').toSorted();
}

async function namespaces(cluster: Cluster): Promise<(string | undefined)[]> {
  const { items } = await cluster.config().makeApiClient(CoreV1Api).listNamespace();
  return items.map(({ metadata }) => metadata?.name);
}

async function kinds(cluster: Cluster): Promise<string[]> {
  const list = (await cluster.config().makeApiClient(CustomObjectsApi).listClusterCustomObject({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
  })) as { items: { metadata: { name: string } }[] };
  return list.items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.endsWith('.monitoring.coreos.com'));
}

/** Through a forwarded port, until it is interrupted; its output has no password, which a pipe may keep. */
async function leadsToGrafana(box: Sandbox, env: ClusterEnv, password: string): Promise<void> {
  const { child, done } = box.start(['dashboards', 'morning', '--json'], { env });
  let shown = '';
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (text) => {
      shown += String(text);
      if (shown.includes('\n')) resolve();
    });
    child.once('exit', () => resolve());
  });
  child.kill('SIGINT');
  const { exitCode, stderr } = await done;
  expect(exitCode).toBe(0);
  expect(JSON.parse(shown)).toMatchObject({ type: 'dashboards', forwarded: true, user: 'admin' });
  expect(password.length).toBeGreaterThan(15);
  expect(`${shown}${stderr}`).not.toContain(password);
}
