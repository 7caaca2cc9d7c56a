import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acmeCertificate } from '../../../src/adapters/cluster/certificates/acme-store.ts';
import { observeCertificate } from '../../../src/adapters/cluster/certificate.ts';
import { ownCertificate } from '../../../src/adapters/cluster/certificates/own.ts';
import type { ClusterContext } from '../../../src/adapters/cluster/context.ts';
import type { KubernetesApi } from '../../../src/adapters/kubernetes/api.ts';
import { training } from '../plan/kubernetes/observed.ts';

let folder: string;
let pem: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubwright-certificate-'));
  pem = selfSigned('Test');
});
afterAll(() => rmSync(folder, { recursive: true }));

function selfSigned(organisation: string, extension = 'subjectAltName=DNS:hub.example.org'): string {
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 40 -keyout key.pem -out cert.pem';
  const names = ['-subj', `/O=${organisation}/CN=hub.example.org`, '-addext', extension];
  execFileSync('openssl', [...words.split(' '), ...names], { cwd: folder, stdio: 'ignore' });
  return readFileSync(join(folder, 'cert.pem'), 'utf8');
}

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

test('a name that stands in the subject alone is covered by none, as browsers judge', () => {
  const covers = (text: string, domain = 'hub.example.org') =>
    ownCertificate(text, undefined, domain)?.coversDomain;
  expect([covers(pem), covers(pem, 'other.example.org')]).toEqual([true, false]);
  expect(covers(selfSigned('Test', 'keyUsage=digitalSignature'))).toBe(false);
  const wild = selfSigned('Test', 'subjectAltName=DNS:*.example.org');
  expect([covers(wild), covers(wild, 'a.hub.example.org')]).toEqual([true, false]);
});

describe('the certificate of a hub', () => {
  test('from Let’s Encrypt is read from what traefik keeps', async () => {
    const entry = { domain: { main: 'hub.example.org' }, certificate: Buffer.from(pem).toString('base64') };
    const store = JSON.stringify({ default: { Account: {}, Certificates: [entry] } });
    const found = await observe('{ letsEncrypt: {} }', 'proxy-public-tls-acme', { 'acme.json': store });
    expect(found).toMatchObject({ names: ['hub.example.org'], issuer: 'Test' });
    expect(found?.daysLeft).toBeGreaterThanOrEqual(39);
  });

  test.each([
    ['of its account', 'Test', 'https://acme.course-lab.org/account/1', 'acme.course-lab.org'],
    [
      'of its issuer, whatever the account',
      "Let's Encrypt",
      'https://acme-staging-v02.api.letsencrypt.org/acme/acct/1',
      'acme-v02.api.letsencrypt.org',
    ],
    [
      'of its issuer, where it is staging',
      "(STAGING) Let's Encrypt",
      'https://acme-v02.api.letsencrypt.org/acme/acct/1',
      'acme-staging-v02.api.letsencrypt.org',
    ],
  ])('is of the server %s', (_what, issuer, uri, authority) => {
    const by = selfSigned(issuer);
    const entry = { domain: { main: 'hub.example.org' }, certificate: Buffer.from(by).toString('base64') };
    const store = JSON.stringify({ default: { Account: { Registration: { uri } }, Certificates: [entry] } });
    expect(acmeCertificate(store, 'hub.example.org')?.authority).toBe(authority);
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
