import { describe, expect } from 'vitest';
import type { KubernetesApi } from '../../src/adapters/kubernetes/api.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/client.ts';
import { waitReady } from '../../src/adapters/kubernetes/wait.ts';
import type { ObjectRef } from '../../src/plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../src/platform/kubernetes/system.ts';
import { test } from '../support/cluster-test.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';

const connect = (kubeconfig: string) => connectKubernetes({ context: 'admin', kubeconfig, env: {} });

function workload(
  kind: string,
  name: string,
  namespace: string,
  pod: object = {},
  spec: object = {},
): KubernetesObject {
  const labels = { workload: name };
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...(kind === 'Job' ? {} : { selector: { matchLabels: labels } }),
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'main', image: 'example.org/fine:1' }],
          ...(kind === 'Job' ? { restartPolicy: 'Never' } : {}),
          ...pod,
        },
      },
      ...spec,
    },
  };
}

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

/** Applies, waits, and gives what was said meanwhile. */
async function waitFor(
  api: KubernetesApi,
  objects: readonly KubernetesObject[],
  options: object = {},
): Promise<string[]> {
  for (const object of objects) await api.apply(object);
  const said: string[] = [];
  const report = (text: string): void => {
    said.push(text);
  };
  await waitReady(api, objects.map(refOf), { timeoutSeconds: 60, report, ...options });
  return said;
}

const broken = (image: string) => ({ containers: [{ name: 'main', image }] });

describe('what gets ready', () => {
  test('workloads of every kind, a volume, an address, a kind', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    await waitFor(api, [
      workload('Deployment', 'deployment', namespace, {}, { replicas: 3 }),
      workload('StatefulSet', 'set', namespace, {}, { replicas: 2, serviceName: 'set' }),
      workload('DaemonSet', 'daemons', namespace),
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'home', namespace },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'proxy-public', namespace },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      },
    ]);
    // There already: nothing to say.
    const again = workload('Deployment', 'deployment', namespace, {}, { replicas: 3 });
    expect(await waitFor(api, [again])).toEqual([]);
  });

  test('a claim whose class waits for a pod is not waited for', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const name = `late-${namespace}`;
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'nobody.test/none',
      volumeBindingMode: 'WaitForFirstConsumer',
    };
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'home', namespace },
      spec: {
        storageClassName: name,
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      },
    };
    await waitFor(api, [storageClass, claim], { timeoutSeconds: 5 });
    await api.delete(refOf(storageClass));
  });

  test('a fix is not held back by the pods that it mends', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const bad = workload('Deployment', 'hub', namespace, broken('missing.test/hub:1'));
    await waitFor(api, [bad], { lastsAfter: 0 }).catch(() => undefined);
    await waitFor(api, [workload('Deployment', 'hub', namespace, broken('example.org/fine:2'))], {
      lastsAfter: 0,
    });
  });
});

describe('what does not, and why', () => {
  test('no node fits', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const resources = { requests: { cpu: '500' } };
    const big = workload('Deployment', 'big', namespace, {
      containers: [{ name: 'main', image: 'a', resources }],
    });
    await expect(waitFor(api, [big], { timeoutSeconds: 3 })).rejects.toMatchObject({
      what: `Deployment ${namespace}/big is not ready after 3 seconds.`,
      details: expect.stringMatching(/no node fits: .*Insufficient cpu/) as string,
      fix: expect.stringContaining(
        `kubectl --context admin describe deployment big -n ${namespace}`,
      ) as string,
    });
  });

  test('a quota', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    await api.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small', namespace },
      spec: { hard: { pods: '0' } },
    });
    for (const kind of ['Deployment', 'StatefulSet']) {
      const refused = waitFor(api, [workload(kind, 'hub', namespace)], { lastsAfter: 1 });
      await expect(refused).rejects.toMatchObject({
        what: expect.stringMatching(
          /does not become ready: quota exceeded: small, requested: pods=1/,
        ) as string,
      });
    }
  });

  test('an image that is not there, and a crash loop', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const missing = workload('Deployment', 'missing', namespace, broken('missing.test/hub:1'));
    await expect(waitFor(api, [missing], { lastsAfter: 1 })).rejects.toMatchObject({
      what: expect.stringMatching(
        /does not become ready: image pull backs off: missing\.test\/hub:1/,
      ) as string,
    });
    const crashing = workload('StatefulSet', 'crashing', namespace, broken('crash.test/hub:1'));
    await expect(waitFor(api, [crashing], { timeoutSeconds: 5 })).rejects.toMatchObject({
      details: expect.stringMatching(/crash loop of main, exit code [0-9]+/) as string,
    });
  });

  test('a Job that fails is not waited for', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const job = workload('Job', 'awaiter', namespace, broken('fail.test/awaiter:1'), { backoffLimit: 0 });
    await expect(waitFor(api, [job])).rejects.toMatchObject({
      what: expect.stringMatching(
        /^Job .*\/awaiter does not become ready: Job has reached the specified backoff limit/,
      ) as string,
    });
    await waitFor(api, [workload('Job', 'fine', namespace)]);
  });

  test('a server that fails at every fifth request hinders nothing', async ({ cluster, namespace }) => {
    const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed: 11, mostInARow: 3 });
    const patience = { attemptSeconds: 1 };
    const api = await connectKubernetes({
      context: 'admin',
      kubeconfig: proxy.kubeconfig,
      env: {},
      patience,
    });
    await waitFor(api, [
      workload('Deployment', 'hub', namespace),
      workload('DaemonSet', 'puller', namespace),
    ]);
    await proxy.stop();
  });

  test('an object that nobody makes', async ({ cluster, namespace }) => {
    const api = await connect(cluster.kubeconfig);
    const ref = { apiVersion: 'v1', kind: 'Secret', name: 'none', namespace };
    const wait = waitReady(api, [ref], { timeoutSeconds: 60, report: () => undefined, lastsAfter: 1 });
    await expect(wait).rejects.toMatchObject({
      what: expect.stringContaining(`Secret ${namespace}/none`) as string,
    });
  });
});
