import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect } from 'vitest';
import type { KubernetesApi } from '../../src/adapters/kubernetes/api.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/client.ts';
import { lockEnvironment } from '../../src/adapters/kubernetes/lease.ts';
import type { Lease } from '../../src/adapters/kubernetes/lease-object.ts';
import { test } from '../support/cluster-test.ts';
import { until } from '../support/cluster.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';

/** A fifth of the usual: with less, a machine that is busy is a holder that has died. */
const timing = { duration: 6, deadline: 3.6, renewEvery: 0.6, pollEvery: 0.1 };

const connect = (kubeconfig: string) => connectKubernetes({ context: 'admin', kubeconfig, env: {} });
const take = (api: KubernetesApi, namespace: string, more: object = {}) =>
  lockEnvironment({
    api,
    namespace,
    labels: { 'hubwright/environment': 'training' },
    what: 'Environment training',
    purpose: 'hubwright deploy training',
    timing,
    ...more,
  });
const lease = (namespace: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  name: 'hubwright',
  namespace,
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process that holds the lock and writes all the time. */
async function holder(kubeconfig: string, namespace: string, its = timing) {
  const script = fileURLToPath(new URL('../support/lock-holder.ts', import.meta.url));
  const child = spawn(process.execPath, [script, kubeconfig, namespace, JSON.stringify(its)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await until('the other process has said something', () => Promise.resolve(lines.length > 0));
  return { child, lines, ended: once(child, 'close') };
}

test('is taken and let go of, and leaves nothing', async ({ cluster, namespace }) => {
  const api = await connect(cluster.kubeconfig);
  const lock = await take(api, namespace);
  const held = (await api.get<Lease>(lease(namespace)))!;
  expect(held.spec?.leaseDurationSeconds).toBe(timing.duration);
  await until('it is renewed', async () => {
    const now = await api.get<Lease>(lease(namespace));
    return now?.spec?.renewTime !== held.spec?.renewTime;
  });
  expect(() => lock.guard.check()).not.toThrow();
  await lock.release();
  expect(await api.get(lease(namespace))).toBeUndefined();
});

test('makes the namespace where there is none, with its labels', async ({ cluster, namespace }) => {
  const api = await connect(cluster.kubeconfig);
  const name = `${namespace}-new`;
  const locks = await Promise.allSettled([take(api, name), take(api, name)]);
  expect(locks.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const made = await api.get({ apiVersion: 'v1', kind: 'Namespace', name });
  expect(made?.metadata.labels).toMatchObject({ 'hubwright/environment': 'training' });
  // The end of a `destroy`: the lock goes with its namespace, and its holder may go on.
  const [lock] = locks.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  await api.delete({ apiVersion: 'v1', kind: 'Namespace', name }, { waitSeconds: 60 });
  await sleep(timing.deadline * 1000 + 1000);
  expect(() => lock!.guard.check()).not.toThrow();
  await lock!.release();
});

test('a second one is refused soon, and told who holds it', async ({ cluster, namespace }) => {
  const { child } = await holder(cluster.kubeconfig, namespace);
  const api = await connect(cluster.kubeconfig);
  const begun = performance.now();
  await expect(take(api, namespace)).rejects.toMatchObject({
    what: 'Environment training is being changed by somebody else.',
    where: expect.stringMatching(
      new RegExp(`^\`hubwright deploy training\`, process ${child.pid} of .+@.+, since 2[0-9-]+T`),
    ) as string,
    fix: expect.stringContaining(`kill ${child.pid}`) as string,
  });
  // Not by waiting for its end.
  expect(performance.now() - begun).toBeLessThan(timing.duration * 1000);
});

test('of many at once one gets it', async ({ cluster, namespace }) => {
  const apis = await Promise.all(Array.from({ length: 6 }, () => connect(cluster.kubeconfig)));
  const tried = await Promise.allSettled(apis.map((api) => take(api, namespace)));
  const got = tried.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(got).toHaveLength(1);
  const refusals = tried.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  expect(refusals.filter((text) => !text.includes('is being changed by somebody else'))).toEqual([]);
  await got[0]!.release();
});

test('a holder of this machine that was killed is followed at once', async ({ cluster, namespace }) => {
  // As long as in earnest: it is not time that frees it.
  const { child, ended } = await holder(cluster.kubeconfig, namespace, { ...timing, duration: 60 });
  child.kill('SIGKILL');
  await ended;
  const begun = performance.now();
  const lock = await take(await connect(cluster.kubeconfig), namespace);
  expect(performance.now() - begun).toBeLessThan(30_000);
  await lock.release();
});

test('a holder elsewhere that died is followed when its time is up, not before', async ({
  cluster,
  namespace,
}) => {
  const api = await connect(cluster.kubeconfig);
  const { child, ended } = await holder(cluster.kubeconfig, namespace);
  child.kill('SIGKILL');
  await ended;
  const annotations = {
    'hubwright/holder': JSON.stringify({ by: 'jo@elsewhere', pid: 1, machine: 'another' }),
  };
  await api.patch(lease(namespace), { metadata: { annotations } });
  const heard = await lastHeard(api, namespace);
  const waits: string[] = [];
  const lock = await take(api, namespace, { onWait: (text: string) => waits.push(text) });
  expect(Date.now() - heard).toBeGreaterThan(timing.duration * 1000);
  expect(waits).toEqual(['Is jo@elsewhere still there? Waiting for a sign of life.']);
  await lock.release();
});

/** When its holder last gave a sign of life; the server's clock is this machine's. */
async function lastHeard(api: KubernetesApi, namespace: string): Promise<number> {
  return Date.parse((await api.get<Lease>(lease(namespace)))?.spec?.renewTime ?? '');
}

test('a holder that slept too long writes nothing more', async ({ cluster, namespace }) => {
  const api = await connect(cluster.kubeconfig);
  const { child, lines, ended } = await holder(cluster.kubeconfig, namespace);
  // Between two of its writes: one that is on its way when it falls asleep nobody can hold back.
  await until('it writes', () => Promise.resolve(lines.at(-1) === 'written'));
  child.kill('SIGSTOP');
  const lock = await take(api, namespace);
  const before = await written(api, namespace);
  child.kill('SIGCONT');
  await ended;
  expect(lines.at(-1)).toMatch(/^The lock of Environment training was lost/);
  expect(await written(api, namespace)).toEqual(before);
  await lock.release();
});

async function written(api: KubernetesApi, namespace: string): Promise<unknown> {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'written', namespace };
  return (await api.get<{ data: object }>(ref))?.data;
}

test('a holder that cannot renew stops before anybody else may begin', async ({ cluster, namespace }) => {
  const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed: 2, rate: 0 });
  const lock = await take(await connect(proxy.kubeconfig), namespace);
  proxy.rate = 1;
  await until('it stops', () => Promise.resolve(lock.guard.signal.aborted));
  const heard = await lastHeard(await connect(cluster.kubeconfig), namespace);
  expect(Date.now() - heard).toBeLessThan(timing.duration * 1000);
  expect(() => lock.guard.check()).toThrow(/was lost/);
  proxy.rate = 0;
  const next = await take(await connect(cluster.kubeconfig), namespace);
  // The first one’s release takes nothing from the next.
  await lock.release();
  expect(await (await connect(cluster.kubeconfig)).get(lease(namespace))).toBeDefined();
  await next.release();
  await proxy.stop();
});

test('faults at every fifth request neither lose it nor give it to two', async ({ cluster, namespace }) => {
  // Four attempts at each request fit into its patience, which is half of the deadline.
  const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed: 7, mostInARow: 3 });
  const its = { timing: { duration: 10, deadline: 6, renewEvery: 0.4, pollEvery: 0.1 } };
  const lock = await take(await connect(proxy.kubeconfig), namespace, its);
  await expect(take(await connect(proxy.kubeconfig), namespace, its)).rejects.toThrow('is being changed');
  await sleep(8000);
  expect(() => lock.guard.check()).not.toThrow();
  await lock.release();
  const next = await take(await connect(proxy.kubeconfig), namespace, its);
  await next.release();
  await proxy.stop();
});

test('somebody who deletes the lock by hand ends the run', async ({ cluster, namespace }) => {
  const api = await connect(cluster.kubeconfig);
  const lock = await take(api, namespace);
  const guarded = api.with({ guard: lock.guard });
  await api.delete(lease(namespace));
  await until('it stops', () => Promise.resolve(lock.guard.signal.aborted));
  await expect(guarded.version()).rejects.toThrow('was lost');
  await lock.release();
});
