import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  type AddressInfo,
  type Socket,
  connect as connectSocket,
  createServer as createRelay,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import type { KubernetesApi, LiveObject } from '../../src/adapters/kubernetes/api.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/client.ts';
import { FieldConflict, NamespaceMissing } from '../../src/adapters/kubernetes/explain.ts';
import { deleteJournal, openJournal, readJournal } from '../../src/adapters/kubernetes/journal.ts';
import { runningServers } from '../../src/adapters/kubernetes/pods.ts';
import { test } from '../support/cluster-test.ts';
import { type ClusterClient, until } from '../support/cluster.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';

const connect = (kubeconfig: string, context = 'admin') =>
  connectKubernetes({ context, kubeconfig, env: {} });
const configMap = (namespace: string, data: Record<string, string>, name = 'settings') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
type ConfigMap = LiveObject & { data: Record<string, string> };

describe('objects', () => {
  test('are applied, read, patched and deleted', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace };
    expect(await api.get(ref)).toBeUndefined();
    await api.apply(configMap(namespace, { a: '1', b: '1' }));
    // A key that is left out goes away: it was ours.
    expect((await api.apply<ConfigMap>(configMap(namespace, { a: '2' }))).data).toEqual({ a: '2' });
    expect((await api.patch<ConfigMap>(ref, { data: { a: '3' } }))?.data).toEqual({ a: '3' });
    // Patched by ourselves: no conflict with another.
    expect((await api.apply<ConfigMap>(configMap(namespace, { a: '4' }))).data).toEqual({ a: '4' });
    expect(await api.create(configMap(namespace, {}))).toBeUndefined();
    const live = (await api.get<ConfigMap>(ref))!;
    expect(await api.replace({ ...live, data: { a: '5' } })).toBeDefined();
    expect(await api.replace({ ...live, data: { a: '6' } })).toBeUndefined();
    const stale = { uid: live.metadata.uid, resourceVersion: live.metadata.resourceVersion };
    expect(await api.delete(ref, { preconditions: stale })).toBe(false);
    expect(await api.delete(ref, { waitSeconds: 10 })).toBe(true);
    expect(await api.delete(ref)).toBe(false);
    expect(await api.patch(ref, {})).toBeUndefined();
    expect(await api.version()).toMatch(/^v1\./);
  });

  test('a dry run changes nothing', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const tried = await api.apply<ConfigMap>(configMap(namespace, { a: '1' }), { dryRun: true });
    expect(tried.data).toEqual({ a: '1' });
    expect(
      await api.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace }),
    ).toBeUndefined();
  });

  test('lists run over several pages, and say what their items are', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const names = Array.from({ length: 520 }, (_, index) => `many-${index}`);
    await Promise.all(names.map((name) => api.create(configMap(namespace, {}, name))));
    const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace };
    const all = await api.list(query);
    expect(new Set(all.map(({ metadata }) => metadata.name))).toEqual(
      new Set([...names, 'kube-root-ca.crt']),
    );
    expect(all[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(await api.listMetadata(query)).toHaveLength(521);
  });

  test('kinds that a CRD brings are found once it is there, and gone kinds have no objects', async ({
    cluster,
  }) => {
    const api = await connect(cluster.kubeconfig);
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'volumes.api.hubwright.test' },
      spec: {
        group: 'api.hubwright.test',
        scope: 'Cluster',
        names: { kind: 'Volume', plural: 'volumes', singular: 'volume' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    };
    const volume = { apiVersion: 'api.hubwright.test/v1', kind: 'Volume', metadata: { name: 'a' } };
    expect(await api.list(volume)).toEqual([]);
    await expect(api.apply(volume)).rejects.toMatchObject({
      what: 'The cluster knows no Volume of api.hubwright.test/v1.',
    });
    await api.apply(definition);
    await until(
      'the kind is served',
      async () => (await api.resource(volume.apiVersion, 'Volume')) !== undefined,
    );
    expect(await api.apply(volume)).toMatchObject({ kind: 'Volume' });
    expect(await api.list(volume)).toHaveLength(1);
    await api.delete({ ...definition, name: definition.metadata.name }, { waitSeconds: 20 });
    expect(await api.list(volume)).toEqual([]);
  });

  test('what another has set is not taken from them', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    await api.apply(configMap(namespace, { a: '1', b: '1' }));
    await otherManager(cluster, namespace, { a: 'theirs' });
    const refused = await api
      .apply(configMap(namespace, { a: '2', b: '2' }))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FieldConflict);
    expect(refused).toMatchObject({
      what: `ConfigMap ${namespace}/settings was changed by kubectl-edit.`,
      conflicts: [{ field: '.data.a', manager: 'kubectl-edit' }],
      fix: expect.stringContaining(`get configmaps settings -n ${namespace}`) as string,
    });
    expect((await api.apply<ConfigMap>(configMap(namespace, { a: '2' }), { force: true })).data['a']).toBe(
      '2',
    );
  });
});

/** As `kubectl edit` does it. */
async function otherManager(
  cluster: ClusterClient,
  namespace: string,
  data: Record<string, string>,
): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  await core.patchNamespacedConfigMap(
    { name: 'settings', namespace, body: { data }, fieldManager: 'kubectl-edit' },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

describe('refusals', () => {
  test('a right that is missing is named, with the question that tells when it is there', async ({
    cluster,
    namespace,
  }) => {
    const viewer = await connect(cluster.kubeconfig, 'viewer');
    await expect(viewer.list({ apiVersion: 'v1', kind: 'Secret', namespace })).rejects.toMatchObject({
      what: `You may not list secrets in namespace ${namespace}.`,
      fix: expect.stringContaining(
        `\`kubectl --context viewer auth can-i list secrets -n ${namespace}\``,
      ) as string,
      details: expect.stringContaining('cannot list resource') as string,
    });
    await expect(viewer.list({ apiVersion: 'apps/v1', kind: 'Deployment' })).resolves.toBeDefined();
    await expect(
      viewer.get({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name: 'a' }),
    ).rejects.toMatchObject({
      fix: expect.stringContaining(
        'auth can-i get priorityclasses.scheduling.k8s.io/a --all-namespaces',
      ) as string,
    });
  });

  test('a token that has expired', async ({ cluster, namespace }) => {
    await withConfig(
      cluster.kubeconfig,
      { users: [{ name: 'admin', user: { token: 'expired' } }] },
      async (file) => {
        const api = await connect(file);
        await expect(api.list({ apiVersion: 'v1', kind: 'Pod', namespace })).rejects.toMatchObject({
          what: 'The cluster does not know you: your credentials are wrong or have expired.',
          fix: expect.stringContaining('kubectl config set-credentials') as string,
          details: `kubeconfig: ${file}`,
        });
      },
    );
  });

  test('a certificate that nobody vouches for, which is not tried again', async ({ cluster }) => {
    let connections = 0;
    const relay = createRelay((socket) => {
      connections += 1;
      const onward = connectSocket(Number(new URL(cluster.server).port), '127.0.0.1');
      pipeline(socket, onward, socket, () => undefined);
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const server = `https://127.0.0.1:${(relay.address() as AddressInfo).port}`;
    await withConfig(
      cluster.kubeconfig,
      { clusters: [{ name: 'test', cluster: { server } }] },
      async (file) => {
        await expect((await connect(file)).version()).rejects.toMatchObject({
          what: "The API server's certificate cannot be trusted.",
          where: `${server} (context admin)`,
        });
        expect(connections).toBe(1);
      },
    );
    relay.close();
  });

  test('nobody there, and somebody else there', async ({ cluster }) => {
    const clusters = [{ name: 'test', cluster: { server: 'https://127.0.0.1:1' } }];
    await withConfig(cluster.kubeconfig, { clusters }, async (file) => {
      await expect((await connect(file)).version()).rejects.toMatchObject({
        what: 'The API server cannot be reached.',
        details: expect.stringContaining('ECONNREFUSED') as string,
      });
    });
    const page = createServer((_, answer) => answer.end('<html>Log in</html>')).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const server = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    await withConfig(
      cluster.kubeconfig,
      { clusters: [{ name: 'test', cluster: { server } }] },
      async (file) => {
        await expect((await connect(file)).version()).rejects.toMatchObject({
          what: 'What answers there is no Kubernetes API.',
          details: '<html>Log in</html>',
        });
      },
    );
    page.close();
  });

  test('a namespace that is not there, a quota, and an object that is no good', async ({
    cluster,
    namespace,
  }) => {
    const api = await connect(cluster.kubeconfig);
    await expect(api.apply(configMap('nowhere', {}))).rejects.toBeInstanceOf(NamespaceMissing);
    await api.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small', namespace },
      spec: { hard: { services: '0' } },
    });
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hub', namespace },
      spec: { ports: [{ port: 80 }] },
    };
    const quota = { what: `The namespace's quota does not allow Service ${namespace}/hub.` };
    await until('the quota is counted', async () =>
      api.apply(service).then(
        () => api.delete({ ...service, name: 'hub', namespace }).then(() => false),
        () => true,
      ),
    );
    await expect(api.apply(service)).rejects.toMatchObject(quota);
    const bad = { ...service, metadata: { name: 'Hub_1', namespace } };
    await expect(api.apply(bad)).rejects.toMatchObject({
      what: `The cluster refuses Service ${namespace}/Hub_1.`,
      details: expect.stringContaining('metadata.name') as string,
    });
  });
});

async function withConfig(
  kubeconfig: string,
  change: object,
  work: (file: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hubwright-api-'));
  const file = join(folder, 'config');
  writeFileSync(
    file,
    JSON.stringify({ ...(JSON.parse(readFileSync(kubeconfig, 'utf8')) as object), ...change }),
  );
  try {
    await work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a proxy of the kubeconfig is gone through', async ({ cluster }) => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    const onward = connectSocket(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    socket.on('error', () => onward.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')) as { clusters: { cluster: object }[] };
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const clusters = [{ name: 'test', cluster: { ...config.clusters[0]!.cluster, 'proxy-url': proxyUrl } }];
  await withConfig(cluster.kubeconfig, { clusters }, async (file) => {
    const api = await connect(file);
    await Promise.all([api.version(), api.list({ apiVersion: 'v1', kind: 'Node' })]);
    await api.version();
    api.close();
  });
  expect(new Set(asked)).toEqual(new Set([new URL(cluster.server).host]));
  // Connections are kept and used again.
  expect(asked).toHaveLength(2);
  proxy.close();
});

describe('a server that fails at every fifth request', () => {
  /** Hanging requests are given up sooner than usual, or the test would take minutes. */
  const patience = { attemptSeconds: 1 };

  test('is worked with all the same, and nothing is done twice', async ({ cluster, namespace }) => {
    const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed: 4, mostInARow: 3 });
    const api: KubernetesApi = await connectKubernetes({
      context: 'admin',
      kubeconfig: proxy.kubeconfig,
      env: {},
      patience,
    });
    const names = Array.from({ length: 60 }, (_, index) => `flaky-${index}`);
    await Promise.all(
      names.map(async (name) => {
        await api.apply(configMap(namespace, { a: '1' }, name));
        await api.patch({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace }, { data: { b: '2' } });
        await api.create(configMap(namespace, { a: '1' }, `${name}-made`));
        await api.delete({ apiVersion: 'v1', kind: 'ConfigMap', name: `${name}-made`, namespace });
      }),
    );
    const found = await api.list<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
    const ours = found.filter(({ metadata }) => metadata.name.startsWith('flaky-'));
    expect(ours.map(({ data }) => data)).toEqual(names.map(() => ({ a: '1', b: '2' })));
    // Every kind of fault was met.
    expect([...proxy.happened.keys()]).toHaveLength(6);
    api.close();
    await proxy.stop();
  });

  test('one that does nothing but fail is given up, with its own words', async ({ cluster }) => {
    const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed: 1, rate: 1, faults: [500] });
    const api = await connectKubernetes({
      context: 'admin',
      kubeconfig: proxy.kubeconfig,
      env: {},
      patience: { mostAttempts: 4 },
    });
    await expect(api.version()).rejects.toMatchObject({
      what: 'The API server does not do its work: it answers 500 again and again.',
      details: expect.stringContaining('made up by the test: 500') as string,
    });
    expect(proxy.happened.get(500)).toBe(4);
    await proxy.stop();
  });
});

test('people’s servers, by their pods', async ({ cluster, namespace }) => {
  const api = await connect(cluster.kubeconfig);
  const pod = (name: string, component: string, username: string, profile?: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { component, app: 'jupyterhub', ...(profile ? { 'hubwright/profile': profile } : {}) },
      annotations: { 'hub.jupyter.org/username': username },
    },
    spec: { containers: [{ name: 'notebook', image: 'example.org/notebook:1' }] },
  });
  // Its account without which no pod is admitted comes a moment after the namespace.
  await until('pods are admitted', () =>
    api.create(pod('jupyter-a', 'singleuser-server', 'Ann.Smith', 'gpu')).then(
      () => true,
      () => false,
    ),
  );
  await api.create(pod('jupyter-b', 'singleuser-server', 'bob'));
  await api.create(pod('hub', 'hub', 'nobody'));
  await until('both are ready', async () => {
    const servers = await runningServers(api, namespace);
    return servers.length === 2 && servers.every(({ ready }) => ready);
  });
  expect((await runningServers(api, namespace)).map(({ user, profile }) => [user, profile])).toEqual([
    ['Ann.Smith', 'gpu'],
    ['bob', undefined],
  ]);
});

test('the journal says what a run that died was doing', async ({ cluster, namespace }) => {
  const api = await connect(cluster.kubeconfig);
  expect(await readJournal(api, namespace)).toBeUndefined();
  const journal = await openJournal(api, namespace, 'hubwright deploy training');
  await Promise.all([journal.stepBegun('a', 'First'), journal.stepBegun('b', 'Second')]);
  await journal.stepDone('a');
  const entry = await readJournal(api, namespace);
  expect(entry).toMatchObject({ command: 'hubwright deploy training' });
  expect(entry?.steps.map(({ id, done }) => [id, done !== undefined])).toEqual([
    ['a', true],
    ['b', false],
  ]);
  // The next run begins a new one over it.
  const next = await openJournal(api, namespace, 'hubwright deploy training');
  expect((await readJournal(api, namespace))?.steps).toEqual([]);
  await next.stepBegun('a', 'First');
  await deleteJournal(api, namespace);
  expect(await readJournal(api, namespace)).toBeUndefined();
});
