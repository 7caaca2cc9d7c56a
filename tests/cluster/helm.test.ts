import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api } from '@kubernetes/client-node';
import { type TestContext, afterAll, beforeAll, describe, expect } from 'vitest';
import { type HelmClient, helmClient } from '../../src/adapters/helm/helm.ts';
import type { ClusterClient } from '../support/cluster.ts';
import { test } from '../support/cluster-test.ts';
import { helm } from '../support/helm.ts';
import { realHelm } from '../support/helm-test.ts';
import { repo } from '../support/hubwright.ts';
import { tinyChart } from '../support/tiny-chart.ts';

let folder: string;
let chart: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwright-helm-'));
  chart = await tinyChart(folder, '4.4.0');
  const slow = `apiVersion: batch/v1
kind: Job
metadata: { name: {{ .Release.Name }}-slow, annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation } }
spec: { template: { spec: { restartPolicy: Never, nodeSelector: { nowhere: 'x' }, containers: [{ name: a, image: 'example.org/a:1' }] } } }
`;
  await writeFile(
    join(chart, 'templates', 'slow.yaml'),
    `{{- if eq (int .Values.hub.size) 99 }}\n${slow}{{- end }}\n`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

interface Revision {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

describe.each([3, 4] as const)('Helm %i', (major) => {
  const name = 'course';
  const quick = { timeoutSeconds: 5, description: 'hubwright deploy training' };

  async function setUp(cluster: ClusterClient, skip: TestContext['skip']): Promise<HelmClient> {
    return helmClient(await realHelm(major, skip), {
      cluster: { context: 'admin', kubeconfig: cluster.kubeconfig },
      env: process.env,
      report: () => undefined,
    });
  }
  const release = (namespace: string, size: number) => ({
    name,
    namespace,
    chart,
    values: { hub: { size } },
  });

  async function history(
    cluster: ClusterClient,
    { path }: HelmClient,
    namespace: string,
  ): Promise<Revision[]> {
    const args = ['history', name, '--namespace', namespace, '--output', 'json'];
    return JSON.parse(await helm(path, cluster.kubeconfig, args)) as Revision[];
  }

  test('installs, upgrades, rolls back and uninstalls', async ({ cluster, namespace, skip }) => {
    const client = await setUp(cluster, skip);
    await client.upgrade(release(namespace, 1), { ...quick, labels: { 'hubwright-chart': 'a'.repeat(63) } });
    await client.upgrade(release(namespace, 2), quick);
    await client.rollback({ name, namespace }, 1, quick);
    const revisions = await history(cluster, client, namespace);
    expect(revisions.map(({ status }) => status)).toEqual(['superseded', 'superseded', 'deployed']);
    expect(revisions[0]?.description).toBe('hubwright deploy training');
    const api = cluster.config().makeApiClient(CoreV1Api);
    const kept = await api.listNamespacedSecret({ namespace, labelSelector: 'hubwright-chart' });
    expect(kept.items[0]?.metadata?.labels?.['hubwright-chart']).toBe('a'.repeat(63));
    await client.uninstall({ name, namespace }, quick);
    await client.uninstall({ name, namespace }, quick);
    await expect(history(cluster, client, namespace)).rejects.toThrow('not found');
  });

  test('empty values are sent as such: what an earlier revision had does not come back', async ({
    cluster,
    namespace,
    skip,
  }) => {
    const client = await setUp(cluster, skip);
    await client.upgrade(release(namespace, 7), quick);
    await client.upgrade({ ...release(namespace, 7), values: {} }, quick);
    const text = await helm(client.path, cluster.kubeconfig, [
      'get',
      'manifest',
      name,
      '--namespace',
      namespace,
    ]);
    expect(text).toContain('value: "1"');
  });

  test('a hook that does not end, and then an interrupted change: both leave a failed revision', async ({
    cluster,
    namespace,
    skip,
  }) => {
    const client = await setUp(cluster, skip);
    await client.upgrade(release(namespace, 1), quick);
    await expect(
      client.upgrade(release(namespace, 99), { ...quick, timeoutSeconds: 2 }),
    ).rejects.toMatchObject({
      what: expect.stringContaining(
        'A job that release course runs before its upgrade did not succeed',
      ) as string,
    });
    await killedWhileUpgrading(cluster, client, namespace);
    const statuses = (await history(cluster, client, namespace)).map(({ status }) => status);
    expect(statuses).toEqual(['deployed', 'failed', 'failed']);
    await client.upgrade(release(namespace, 3), quick);
  });

  /** Hubwright itself is killed, as hard as can be, while Helm waits for a hook. */
  async function killedWhileUpgrading(
    cluster: ClusterClient,
    client: HelmClient,
    namespace: string,
  ): Promise<void> {
    const script = join(folder, `killed-${major}.ts`);
    const options = { cluster: { context: 'admin', kubeconfig: cluster.kubeconfig } };
    await writeFile(
      script,
      `import { helmClient } from ${JSON.stringify(join(repo, 'src/adapters/helm/helm.ts'))};
const client = helmClient(${JSON.stringify(client)}, { ...${JSON.stringify(options)}, env: process.env, report: () => undefined });
await client.upgrade(${JSON.stringify(release(namespace, 99))}, { timeoutSeconds: 60, description: 'killed' });\n`,
    );
    const hubwright = spawn(process.execPath, [script], { stdio: 'ignore' });
    const last = async () => (await history(cluster, client, namespace)).at(-1)?.status;
    await expect.poll(last, { timeout: 30_000, interval: 200 }).toBe('pending-upgrade');
    await sleep(500);
    hubwright.kill('SIGKILL');
    await expect.poll(last, { timeout: 30_000, interval: 200 }).toBe('failed');
  }
});
