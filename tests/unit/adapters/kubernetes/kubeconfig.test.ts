import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKubeconfig } from '../../../../src/adapters/kubernetes/kubeconfig.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hubwright-kubeconfig-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const cluster = (name: string, server: string) =>
  `clusters: [{ name: ${name}, cluster: { server: '${server}', certificate-authority: ca.crt } }]\n`;
const context = (name: string, of: string, user = 'alex') =>
  `contexts: [{ name: ${name}, context: { cluster: ${of}, user: ${user} } }]\n`;
const user = (more: string) => `users: [{ name: alex, user: { ${more} } }]\n`;

test('several files: what stands first wins, missing ones are passed over, paths count from their own file', async () => {
  const first = write('one/config', cluster('a', 'https://first:6443/') + context('training', 'a'));
  const second = write(
    'two/config',
    cluster('a', 'https://second:6443') +
      user('tokenFile: token, exec: { command: ./login }') +
      context('training', 'b'),
  );
  const KUBECONFIG = [first, join(folder, 'missing'), '', second].join(delimiter);
  const access = await loadKubeconfig({ context: 'training', env: { KUBECONFIG } });
  expect(access.cluster).toMatchObject({
    server: 'https://first:6443',
    'certificate-authority': join(folder, 'one', 'ca.crt'),
  });
  expect(access.user).toMatchObject({
    tokenFile: join(folder, 'two', 'token'),
    exec: { command: join(folder, 'two', 'login') },
  });
  expect(access.files).toEqual([first, second]);
});

test('without KUBECONFIG it is the one in the home folder; a file of the environment comes before both', async () => {
  write('.kube/config', cluster('a', 'https://home') + context('c', 'a') + user(''));
  const own = write('own', cluster('a', 'https://own') + context('c', 'a') + user(''));
  const env = { HOME: folder };
  expect((await loadKubeconfig({ context: 'c', env })).cluster.server).toBe('https://home');
  const chosen = { context: 'c', kubeconfig: own, env: { ...env, KUBECONFIG: '/nowhere' } };
  expect((await loadKubeconfig(chosen)).cluster.server).toBe('https://own');
});

test.each([
  ['no file', {}, 'training', /There is no kubeconfig\./, /export KUBECONFIG/],
  [
    'the named file is missing',
    { kubeconfig: '/nowhere/config' },
    'training',
    /no such kubeconfig file/,
    /kubernetes\.kubeconfig/,
  ],
])('%s', async (_, choice, name, what, fix) => {
  const load = loadKubeconfig({ context: name, env: { HOME: folder }, ...choice });
  await expect(load).rejects.toMatchObject({
    what: expect.stringMatching(what) as string,
    fix: expect.stringMatching(fix) as string,
    exitCode: 2,
  });
});

test.each([
  [
    'a context that is not there names those that are',
    'other',
    context('training', 'a') + cluster('a', 'https://x'),
    /no context `other`/,
    /`training`/,
  ],
  [
    'a context without its cluster',
    'training',
    context('training', 'gone'),
    /names the cluster `gone`/,
    /KUBECONFIG/,
  ],
  [
    'a context without its user',
    'training',
    context('training', 'a') + cluster('a', 'https://x'),
    /names the user `alex`/,
    /KUBECONFIG/,
  ],
  ['no YAML', 'training', 'a: [', /This is no kubeconfig/, /kubectl --kubeconfig/],
  [
    'a cluster without a server',
    'training',
    'clusters: [{ name: a, cluster: {} }]',
    /This is no kubeconfig/,
    /config view/,
  ],
])('%s', async (_, name, text, what, fix) => {
  const kubeconfig = write('config', text);
  await expect(loadKubeconfig({ context: name, kubeconfig, env: {} })).rejects.toMatchObject({
    what: expect.stringMatching(what) as string,
    where: kubeconfig,
    fix: expect.stringMatching(fix) as string,
  });
});
