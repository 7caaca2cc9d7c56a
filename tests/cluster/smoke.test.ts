import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { KubeConfig, V1Deployment, V1Job, V1Pod } from '@kubernetes/client-node';
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  PatchStrategy,
  PortForward,
  StorageV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { startCluster, until } from '../support/cluster.ts';
import { partsOr, test } from '../support/cluster-test.ts';
import { helm, miniChart, miniChartOf } from '../support/helm.ts';
import { processesOf } from '../support/processes.ts';

// That the parts that other tests stand on do what those take for granted.

describe('the cluster', () => {
  test('has nodes that are Ready, and takes more', async ({ cluster }) => {
    const taint = { key: 'nvidia.com/gpu', effect: 'NoSchedule' };
    const names = await cluster.addNodes(2, {
      name: 'gpu',
      labels: { kind: 'gpu' },
      taints: [taint],
      allocatable: { 'nvidia.com/gpu': '1' },
    });

    const api = cluster.config().makeApiClient(CoreV1Api);
    const { items } = await api.listNode({ labelSelector: 'kind=gpu' });
    expect(new Set(items.map(({ metadata }) => metadata?.name))).toEqual(new Set(names));
    for (const { spec, status } of items) {
      expect(spec?.taints).toContainEqual(taint);
      expect(status?.allocatable).toMatchObject({ cpu: '8', 'nvidia.com/gpu': '1' });
    }
    for (const name of names) await api.deleteNode({ name });
  });

  test('runs Deployments, or says why not', async ({ cluster, namespace }) => {
    const apps = cluster.config().makeApiClient(AppsV1Api);
    const images = { good: 'example.org/a:1', missing: 'missing.test/a:1', crash: 'crash.test/a:1' };
    for (const [name, image] of Object.entries(images)) {
      await apps.createNamespacedDeployment({ namespace, body: deployment(name, image) });
    }

    const core = cluster.config().makeApiClient(CoreV1Api);
    const pod = async (name: string): Promise<V1Pod | undefined> => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${name}` });
      return items[0];
    };
    const waitingFor = async (name: string): Promise<string | undefined> =>
      (await pod(name))?.status?.containerStatuses?.[0]?.state?.waiting?.reason;
    await until('good is available', async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: 'good' });
      return status?.availableReplicas === 1;
    });
    await until('missing', async () => (await waitingFor('missing')) === 'ImagePullBackOff');
    await until('crash', async () => (await waitingFor('crash')) === 'CrashLoopBackOff');

    const name = (await pod('good'))?.metadata?.name ?? '';
    expect(await core.readNamespacedPodLog({ namespace, name })).toContain('KWOK');
  });

  test('runs Jobs to their end, good or bad', async ({ cluster, namespace }) => {
    const api = cluster.config().makeApiClient(BatchV1Api);
    await api.createNamespacedJob({ namespace, body: job('good', 'example.org/a:1') });
    await api.createNamespacedJob({ namespace, body: job('bad', 'fail.test/a:1') });
    const ended = async (name: string, how: string): Promise<boolean> => {
      const { status } = await api.readNamespacedJob({ namespace, name });
      return (status?.conditions ?? []).some(({ type }) => type === how);
    };
    await until('good completes', () => ended('good', 'Complete'));
    await until('bad fails', () => ended('bad', 'Failed'));
  });

  test('gives claims a volume, and takes it away with them', async ({ cluster, namespace }) => {
    const api = cluster.config().makeApiClient(CoreV1Api);
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '3Gi' } } };
    await api.createNamespacedPersistentVolumeClaim({ namespace, body: { metadata: { name: 'a' }, spec } });
    await api.createNamespacedPersistentVolumeClaim({
      namespace,
      body: { metadata: { name: 'b' }, spec: { ...spec, storageClassName: 'of-nobody' } },
    });
    const claim = (name: string) => api.readNamespacedPersistentVolumeClaim({ namespace, name });
    await until('a is Bound', async () => (await claim('a')).status?.phase === 'Bound');
    expect((await claim('a')).status?.capacity).toEqual({ storage: '3Gi' });
    expect((await claim('b')).status?.phase).toBe('Pending');

    const volume = (await claim('a')).spec?.volumeName;
    await api.deleteNamespacedPersistentVolumeClaim({ namespace, name: 'a' });
    await until('the volume is gone', async () => {
      const { items } = await api.listPersistentVolume();
      return items.every(({ metadata }) => metadata?.name !== volume);
    });
  });

  test('gives LoadBalancer Services the address that they ask for, or some', async ({
    cluster,
    namespace,
  }) => {
    const api = cluster.config().makeApiClient(CoreV1Api);
    const create = (name: string, more: object) =>
      api.createNamespacedService({
        namespace,
        body: { metadata: { name }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...more } },
      });
    await create('any', {});
    await create('mine', { loadBalancerIP: '192.0.2.50' });
    await create('never', { loadBalancerClass: 'example.org/nobody' });
    const address = async (name: string): Promise<string | undefined> => {
      const { status } = await api.readNamespacedService({ namespace, name });
      return status?.loadBalancer?.ingress?.[0]?.ip;
    };
    await until('any has one', async () => (await address('any'))?.startsWith('203.0.113.') ?? false);
    await until('mine has its own', async () => (await address('mine')) === '192.0.2.50');
    expect(await address('never')).toBeUndefined();
  });

  test('forwards ports of pods to this machine', async ({ cluster, namespace }) => {
    const config = cluster.config();
    const server = createServer((socket) => socket.end('hello from this machine'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await cluster.forwardPods(namespace, { port: 8081, to: (server.address() as AddressInfo).port });
    const pod = {
      metadata: { name: 'hub' },
      spec: { containers: [{ name: 'hub', image: 'example.org/hub:1' }] },
    };
    const api = config.makeApiClient(CoreV1Api);
    await api.createNamespacedPod({ namespace, body: pod });
    await until('the pod runs', async () => {
      const { status } = await api.readNamespacedPod({ namespace, name: 'hub' });
      return status?.phase === 'Running';
    });

    const answer = new PassThrough();
    let text = '';
    answer.on('data', (part: Buffer) => (text += part.toString()));
    await new PortForward(config).portForward(namespace, 'hub', [8081], answer, null, new PassThrough());
    await until('the answer has come', () => Promise.resolve(text === 'hello from this machine'));
    server.close();
  });

  test('tells its users apart', async ({ cluster, namespace }) => {
    const as = (user: 'viewer' | 'stranger') => cluster.config(user).makeApiClient(CoreV1Api);
    await as('viewer').listNamespacedPod({ namespace });
    await expect(as('viewer').listNamespacedSecret({ namespace })).rejects.toMatchObject({ code: 403 });
    await expect(as('stranger').listNamespacedPod({ namespace })).rejects.toMatchObject({ code: 403 });

    const unknown = cluster.config('viewer');
    unknown.loadFromOptions({
      clusters: unknown.clusters,
      users: [{ name: 'viewer', token: 'expired' }],
      contexts: unknown.contexts,
      currentContext: 'viewer',
    });
    await expect(unknown.makeApiClient(CoreV1Api).listNamespacedPod({ namespace })).rejects.toMatchObject({
      code: 401,
    });
  });
});

describe.each(['helm3', 'helm4'] as const)('%s', (major) => {
  test('installs, upgrades and removes the miniature of JupyterHub', async ({
    cluster,
    namespace,
    helm3,
    helm4,
  }) => {
    const program = { helm3, helm4 }[major];
    const run = (...args: string[]) => helm(program, cluster.kubeconfig, args);
    const set = '--set=proxy.secretToken=a,hub.cookieSecret=b,hub.config.CryptKeeper.keys={c}';
    const keep = '--set=hub.db.pvc.annotations.helm\\.sh/resource-policy=keep';
    const upgrade = (...more: string[]) =>
      run(
        'upgrade',
        '--install',
        'hub',
        miniChart('jupyterhub'),
        '-n',
        namespace,
        '--wait',
        set,
        keep,
        ...more,
      );
    const core = cluster.config().makeApiClient(CoreV1Api);
    const pods = async (component: string): Promise<(string | undefined)[]> => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: `component=${component}` });
      return items.map(({ metadata }) => metadata?.uid);
    };

    await upgrade();
    const [hub, proxy] = [await pods('hub'), await pods('proxy')];
    expect([hub, proxy].map(({ length }) => length)).toEqual([1, 1]);

    await upgrade('--set=singleuser.startTimeout=60');
    expect(await pods('hub')).not.toEqual(hub);
    expect(await pods('proxy')).toEqual(proxy);
    await expect(upgrade('--set=singleuser.mem_limitt=1G')).rejects.toThrow('mem_limitt');

    await run('uninstall', 'hub', '-n', namespace, '--wait');
    const { items } = await core.listNamespacedPersistentVolumeClaim({ namespace });
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['hub-db-dir']);
  });

  test('removes the miniature of Longhorn only when that is confirmed', async ({
    cluster,
    namespace,
    helm3,
    helm4,
  }) => {
    const program = { helm3, helm4 }[major];
    const run = (...args: string[]) => helm(program, cluster.kubeconfig, args);
    const folder = await mkdtemp(join(tmpdir(), 'hubwright-charts-'));
    const config = cluster.config();
    const classes = async (): Promise<(string | undefined)[]> => {
      const { items } = await config.makeApiClient(StorageV1Api).listStorageClass();
      return items.map(({ metadata }) => metadata?.name);
    };
    try {
      const old = await miniChartOf('longhorn', '1.10.2', folder);
      await run('install', 'longhorn', old, '-n', namespace, '--wait');
      await until('there is its StorageClass', async () => (await classes()).includes('longhorn'));
      await run('upgrade', 'longhorn', miniChart('longhorn'), '-n', namespace, '--wait');
      await expect(run('uninstall', 'longhorn', '-n', namespace)).rejects.toThrow('longhorn-uninstall');

      await confirmRemoval(config, namespace);
      await run('uninstall', 'longhorn', '-n', namespace, '--wait');
      expect(await classes()).not.toContain('longhorn');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('fails with what never becomes ready, and installs CRDs first', async ({
    cluster,
    namespace,
    helm3,
    helm4,
  }) => {
    const program = { helm3, helm4 }[major];
    const run = (...args: string[]) => helm(program, cluster.kubeconfig, args);
    await run('install', 'lamp', miniChart('crds'), '-n', namespace);
    await expect(
      run('install', 'never', miniChart('never-ready'), '-n', namespace, '--wait', '--timeout', '2s'),
    ).rejects.toThrow(/deadline|not ready|timed out/i);
    expect(await run('status', 'never', '-n', namespace)).toContain('STATUS: failed');
  });
});

test('a cluster of one’s own leaves nothing behind', async ({ skip }) => {
  const found = await partsOr(skip, 'kubernetes', 'etcd', 'kwok');
  const cluster = await startCluster(found, { nodes: 1 });
  const folder = dirname(cluster.kubeconfig);
  expect((await processesOf(folder)).length).toBeGreaterThanOrEqual(5);

  await cluster.stop();
  expect(existsSync(folder)).toBe(false);
  expect(await processesOf(folder)).toEqual([]);
});

function deployment(name: string, image: string): V1Deployment {
  const labels = { app: name };
  return {
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'program', image }] } },
    },
  };
}

function job(name: string, image: string): V1Job {
  return {
    metadata: { name },
    spec: {
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'program', image }] } },
    },
  };
}

function confirmRemoval(config: KubeConfig, namespace: string): Promise<unknown> {
  return config.makeApiClient(CustomObjectsApi).patchNamespacedCustomObject(
    {
      group: 'longhorn.io',
      version: 'v1beta2',
      plural: 'settings',
      namespace,
      name: 'deleting-confirmation-flag',
      body: { value: 'true' },
    },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}
