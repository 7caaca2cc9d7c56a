import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observeCertificate } from '../../../src/adapters/cluster/certificate.ts';
import type { ClusterContext } from '../../../src/adapters/cluster/context.ts';
import type { KubernetesApi } from '../../../src/adapters/kubernetes/api.ts';
import { training } from '../plan/kubernetes/observed.ts';

let folder: string;
let pem: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubwright-certificate-'));
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 40 -subj /O=Test/CN=hub';
  const files = ['-addext', 'subjectAltName=DNS:hub.example.org', '-keyout', 'key.pem', '-out', 'cert.pem'];
  execFileSync('openssl', [...words.split(' '), ...files], { cwd: folder, stdio: 'ignore' });
  pem = readFileSync(join(folder, 'cert.pem'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A cluster with that Secret in it and nothing else. */
function observe(https: string, name: string, contents: Record<string, string>) {
  const environment = training(`    contactEmail: ops@example.org
    address: { domain: hub.example.org }
    https: ${https}`);
  const data = Object.fromEntries(
    Object.entries(contents).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
  const api: Partial<KubernetesApi> = {
    get: async <T>(ref: { name: string }) => (ref.name === name ? ({ data } as T) : undefined),
  };
  const context: Partial<ClusterContext> = { environment, namespace: 'jupyterhub' };
  return observeCertificate(api as KubernetesApi, context as ClusterContext);
}

describe('the certificate of a hub', () => {
  test('from Let’s Encrypt is read from what traefik keeps', async () => {
    const entry = { domain: { main: 'hub.example.org' }, certificate: Buffer.from(pem).toString('base64') };
    const store = JSON.stringify({ default: { Account: {}, Certificates: [entry] } });
    const found = await observe('{ letsEncrypt: {} }', 'proxy-public-tls-acme', { 'acme.json': store });
    expect(found).toMatchObject({ names: ['hub.example.org'], issuer: 'Test' });
    expect(found?.daysLeft).toBeGreaterThanOrEqual(39);
  });

  test.each([
    ['nothing yet', ''],
    ['an account and no certificate', '{"default":{"Account":{},"Certificates":null}}'],
    ['half a file', '{"default":{"Acc'],
    ['null', 'null'],
    ['null in it', '{"default":null}'],
    ['no list', '{"default":{"Certificates":{"domain":{}}}}'],
    ['entries that are none', '{"default":{"Certificates":[null,{},{"domain":{"main":"hub.example.org"}}]}}'],
  ])('is none while traefik has %s', async (_what, store) => {
    const found = await observe('{ letsEncrypt: {} }', 'proxy-public-tls-acme', { 'acme.json': store });
    expect(found).toBeUndefined();
  });

  test('of one’s own is read from the Secret that the file names', async () => {
    const found = await observe('{ secretName: hub-tls }', 'hub-tls', { 'tls.crt': pem, 'tls.key': 'x' });
    expect(found?.names).toEqual(['hub.example.org']);
  });

  test('is none where the Secret holds something else', async () => {
    expect(await observe('{ secretName: hub-tls }', 'hub-tls', { 'tls.crt': 'no' })).toBeUndefined();
  });
});
