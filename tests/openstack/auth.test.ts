import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { inDefaultDomain } from '../support/openstack/bootstrap.ts';
import { tokenCacheSeconds, urlOf } from '../support/openstack/config.ts';
import { startHastyKeystone } from '../support/openstack/start.ts';
import { type TestProject, test } from '../support/openstack-test.ts';

/** @returns what clouds.yaml needs of it. */
async function makeApplicationCredential({ api, user }: TestProject) {
  const secret = 'secret-of-the-application';
  const { body } = await api.session.call({
    service: 'identity',
    method: 'POST',
    path: `/users/${user}/application_credentials`,
    subject: 'application credential',
    body: { application_credential: { name: 'hubwright', secret } },
  });
  const { id } = (body as { application_credential: { id: string } }).application_credential;
  return { id, secret };
}

describe('logs in', () => {
  test('with a password, by names or ids', async ({ project }) => {
    expect(await project.api.whoAmI()).toMatchObject({
      project: { id: project.id },
      roles: expect.arrayContaining(['member', 'load-balancer_member']) as string[],
    });
    const { auth_url, password } = project.entry.auth;
    const ids = { auth_url, password, user_id: project.user, project_id: project.id };
    expect(await (await project.connect({ auth: ids })).network.ports()).toEqual([]);
  });

  test('with an application credential, by id or by name and user', async ({ project }) => {
    const { id, secret } = await makeApplicationCredential(project);
    const { auth_url, username } = project.entry.auth;
    const auth = { auth_url, application_credential_secret: secret };
    const byName = { application_credential_name: 'hubwright', username, user_domain_id: 'default' };
    for (const which of [{ application_credential_id: id }, byName]) {
      const entry = { auth_type: 'v3applicationcredential', auth: { ...auth, ...which } };
      const api = await project.connect(entry);
      expect(await api.loadBalancers.list()).toEqual([]);
      expect((await api.whoAmI()).project?.id).toBe(project.id);
    }
  });

  test('with a token', async ({ project }) => {
    const { id } = await project.api.session.token();
    const auth = { auth_url: project.entry.auth.auth_url, token: id, project_id: project.id };
    const api = await project.connect({ auth_type: 'token', auth });
    expect(await api.network.floatingIps()).toEqual([]);
  });

  test('where auth_url has no version, or that of long ago', async ({ project }) => {
    for (const ending of ['', '/', '/v2.0']) {
      const auth_url = `${project.cloud.authUrl.replace(/\/v3$/, '')}${ending}`;
      const api = await project.connect({ auth: { ...project.entry.auth, auth_url } });
      expect((await api.whoAmI()).project?.id).toBe(project.id);
    }
  });

  test('and says what to do where it may not', async ({ project }) => {
    const wrong = await project.connect({ auth: { ...project.entry.auth, password: 'wrong-secret' } });
    const error = await wrong.network.ports().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      refusal: 'unauthorized',
      what: expect.stringContaining(`does not accept user ${project.entry.auth.username}`) as string,
      requestId: expect.stringMatching(/^req-/) as string,
    });
    const nobody = await project.connect({ auth: { ...project.entry.auth, project_name: 'other' } });
    await expect(nobody.network.ports()).rejects.toMatchObject({ refusal: 'unauthorized' });
  });

  test('never says back what it was given in a wrong shape', async ({ project }) => {
    const auth = { ...project.entry.auth, password: 'wrong-secret', user_domain_id: 'x'.repeat(300) };
    const error = await (await project.connect({ auth })).network.ports().catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).not.toContain('wrong-secret');
  });
});

test('the endpoint is that of the region and the interface, and it works', async ({ project, openstack }) => {
  const neutron = urlOf(openstack.address.ports, 'neutron');
  const cases = [
    [{}, `${neutron}/v2.0`],
    [{ interface: 'internal' }, `${neutron}/v2.0`],
    [{ region_name: 'RegionTwo' }, `${neutron.replace('127.0.0.1', 'localhost')}/v2.0`],
    [{ region_name: 'RegionTwo', network_region_name: 'RegionOne' }, `${neutron}/v2.0`],
    [
      { region_name: 'RegionTwo', interface: ['internal', 'public'] },
      `${neutron.replace('127.0.0.1', 'localhost')}/v2.0`,
    ],
  ] as const;
  for (const [entry, url] of cases) {
    const api = await project.connect(entry);
    expect(await api.session.endpoint('network')).toBe(url);
    expect(await api.network.ports()).toEqual([]);
  }
  const wrong = await project.connect({ region_name: 'RegionTwo', interface: 'internal' });
  await expect(wrong.network.ports()).rejects.toMatchObject({
    what: 'The catalogue of cloud test has no internal network service in region RegionTwo.',
    details: 'internal in RegionOne\npublic in RegionOne\npublic in RegionTwo',
  });
  const compute = await project.connect({});
  await expect(compute.compute.flavors()).rejects.toMatchObject({
    what: expect.stringContaining('no public compute'),
  });
});

describe('a token that ends half-way', () => {
  test('because it was revoked, is had anew, once for all', async ({ project, openstack }) => {
    const { network, session } = project.api;
    const { id } = await session.token();
    await openstack.admin.session.call({
      service: 'identity',
      method: 'DELETE',
      path: '/auth/tokens',
      headers: { 'x-subject-token': id },
      subject: 'token',
    });
    await expect
      .poll(
        async () => {
          await Promise.all([network.ports(), network.networks(), project.api.loadBalancers.list()]);
          return (await session.token()).id;
        },
        { timeout: tokenCacheSeconds * 3000, interval: 500 },
      )
      .not.toBe(id);
  });

  test('because it lasts for seconds only, is had anew', async ({ project, openstack }) => {
    const hasty = await startHastyKeystone(openstack.address, 3);
    try {
      const api = await project.connect({ auth: { ...project.entry.auth, auth_url: hasty.url } });
      const tokens = new Set<string>();
      for (const until = Date.now() + 8000; Date.now() < until; await sleep(200)) {
        await api.network.ports();
        tokens.add((await api.session.token()).id);
      }
      expect(tokens.size).toBeGreaterThanOrEqual(3);
    } finally {
      await hasty.stop();
    }
  });
});

test('a private certificate authority is trusted where clouds.yaml names it, and only there', async ({
  project,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=cloud'];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  await promisify(execFile)('openssl', [...words, ...names]);
  const tls = { key: await readFile(key), cert: await readFile(cert) };
  const { ports } = project.cloud.address;
  const before = (service: 'keystone' | 'neutron') =>
    startFaultProxy({
      server: urlOf(ports, service).replace(/\/v3$/, ''),
      tls,
      seed: 1,
      rate: 0,
      refuse: () => ({}),
    });
  const [keystone, neutron] = [await before('keystone'), await before('neutron')];
  try {
    const entry = {
      auth: { ...project.entry.auth, ...inDefaultDomain, auth_url: keystone.url },
      network_endpoint_override: neutron.url,
    };
    const trusting = await project.connect({ ...entry, cacert: cert });
    expect(await trusting.network.ports()).toEqual([]);
    const careless = await project.connect({ ...entry, verify: false });
    expect(await careless.network.ports()).toEqual([]);
    const wary = await project.connect(entry);
    await expect(wary.network.ports()).rejects.toMatchObject({
      what: "Keystone's certificate cannot be trusted.",
      fix: expect.stringContaining('cacert') as string,
    });
  } finally {
    await keystone.stop();
    await neutron.stop();
    await rm(folder, { recursive: true });
  }
});
