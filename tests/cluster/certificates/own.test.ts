import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, onTestFinished } from 'vitest';
import type { ClusterClient } from '../../support/cluster.ts';
import type { Shown } from '../../support/acme/fake-autohttps.ts';
import { test } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'] as const;

/** Certificates for that name, of an authority that nobody else knows, each with its chain. */
async function authorityFor(domain: string): Promise<(days: number) => Promise<Shown>> {
  const cwd = await mkdtemp(join(tmpdir(), 'hubwright-own-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const openssl = (words: string, ...more: string[]) =>
    promisify(execFile)('openssl', [...words.split(' '), ...more], { cwd });
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  await openssl(`${made} -days 400 -subj /CN=root -keyout root.key -out root.pem`);
  const read = (name: string): Promise<string> => readFile(join(cwd, name), 'utf8');
  return async (days) => {
    const of = `-days ${days} -subj /CN=hub -CA root.pem -CAkey root.key -keyout hub.key -out hub.pem`;
    await openssl(`${made} ${of}`, '-addext', `subjectAltName=DNS:${domain}`);
    return { cert: (await read('hub.pem')) + (await read('root.pem')), key: await read('hub.key') };
  };
}

async function putSecret(cluster: ClusterClient, namespace: string, { cert, key }: Shown): Promise<void> {
  const api = cluster.config().makeApiClient(CoreV1Api);
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const body = {
    metadata: { name: 'hub-tls' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encoded(cert), 'tls.key': encoded(key) },
  };
  await api.deleteNamespacedSecret({ name: 'hub-tls', namespace }).catch(() => undefined);
  await api.createNamespacedSecret({ namespace, body });
}

async function proxyPod(cluster: ClusterClient, namespace: string): Promise<string | undefined> {
  const api = cluster.config().makeApiClient(CoreV1Api);
  const { items } = await api.listNamespacedPod({ namespace, labelSelector: 'component=proxy' });
  return items.find(({ metadata }) => metadata?.deletionTimestamp === undefined)?.metadata?.uid;
}

describe('a certificate of people’s own in a Secret', () => {
  test('is refused before anything where it cannot be used, and one that is renewed in place is read by the proxy', async ({
    cluster,
    namespace,
    world,
  }) => {
    const { run, door, domain } = world;
    await world.write({ https: '{ secretName: hub-tls }' });
    const absent = await run('plan', 'training');
    expect(absent.said).toContain('There is no certificate in Secret hub-tls');
    expect(absent.said).toContain(`kubectl create secret tls hub-tls --namespace ${namespace}`);

    const api = cluster.config().makeApiClient(CoreV1Api);
    await api.createNamespace({ body: { metadata: { name: namespace } } }).catch(() => undefined);
    const issue = await authorityFor(domain);
    const [first, second] = [await issue(60), await issue(90)];
    await putSecret(cluster, namespace, { ...first, key: second.key });
    const mixed = await run(...deploy);
    expect([mixed.exitCode, mixed.said]).toEqual([
      1,
      expect.stringContaining('The key does not belong to the certificate in Secret hub-tls'),
    ]);

    await putSecret(cluster, namespace, first);
    door.instead = first;
    const deployed = await run(...deploy);
    expect(deployed.exitCode, deployed.said).toBe(0);
    const right = await run('certificates', 'training');
    expect(right.exitCode, right.said).toBe(0);
    expect((await run('plan', 'training')).stdout).toContain('Nothing to do');

    await putSecret(cluster, namespace, second);
    const stale = await run('certificates', 'training');
    expect(stale.said).toContain('Another certificate is shown than the one that is there');
    expect(stale.said).toContain('`hubwright deploy training` restarts it');
    expect(stale.exitCode).toBe(1);
    const plan = await run('plan', 'training');
    expect(plan.stdout).toContain('proxy.annotations');
    expect(plan.stdout).toContain('the proxy starts anew');
    const before = await proxyPod(cluster, namespace);
    const again = await run(...deploy);
    expect(again.exitCode, again.said).toBe(0);
    expect(await proxyPod(cluster, namespace)).not.toBe(before);
    door.instead = second;
    const renewed = await run('certificates', 'training');
    expect(renewed.exitCode, renewed.said).toBe(0);
  });
});
