import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentialsOf } from '../../../../src/adapters/kubernetes/credentials.ts';
import type { User } from '../../../../src/adapters/kubernetes/kubeconfig.ts';
import { proxyFor } from '../../../../src/adapters/kubernetes/proxy.ts';
import { pauseMs, retryAfterSeconds } from '../../../../src/adapters/persist.ts';
import { knownResource, objectPath, queryOf } from '../../../../src/adapters/kubernetes/resources.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hubwright-credentials-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('credentials', () => {
  const access = (user: User) => ({
    context: 'c',
    files: [],
    cluster: { server: 'https://api.example.org' },
    user,
  });

  test('a token file is read each time, wins over `token`, and its line end is none of it', async () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'first\n');
    const credentials = credentialsOf(access({ tokenFile, token: 'other' }));
    expect((await credentials.get()).headers).toEqual({ authorization: 'Bearer first' });
    writeFileSync(tokenFile, 'second\n');
    expect((await credentials.get()).headers).toEqual({ authorization: 'Bearer second' });
  });

  test('impersonation carries groups and more', async () => {
    const user = {
      as: 'jo',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'x/y': ['z'] },
      username: 'u',
      password: 'p',
    };
    expect((await credentialsOf(access(user)).get()).headers).toEqual({
      'impersonate-user': 'jo',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-x%2Fy': ['z'],
      authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
    });
  });

  /** A program that counts its runs, and gives what it was told of the cluster as its token. */
  function plugin(expires: string): { command: string; runs: () => number } {
    const command = join(folder, 'login');
    const log = join(folder, 'runs');
    writeFileSync(
      command,
      `#!/bin/sh
echo run >> ${log}
server=$(printf '%s' "$KUBERNETES_EXEC_INFO" | sed 's/.*"server":"\\([^"]*\\)".*/\\1/')
printf '{"kind":"ExecCredential","status":{"token":"%s %s","expirationTimestamp":"${expires}"}}' "$server" "$EXTRA"
`,
    );
    chmodSync(command, 0o755);
    return { command, runs: () => readFileSync(log, 'utf8').split('\n').length - 1 };
  }

  const exec = (command: string) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      env: [{ name: 'EXTRA', value: 'more' }],
      provideClusterInfo: true,
      installHint: 'Install it with: apt install it',
    },
  });

  test('an exec plugin is told the cluster and asked once, until it is refused', async () => {
    const { command, runs } = plugin('2999-01-01T00:00:00Z');
    const credentials = credentialsOf(access(exec(command)));
    const [first] = await Promise.all([credentials.get(), credentials.get(), credentials.get()]);
    expect(first?.headers).toEqual({ authorization: 'Bearer https://api.example.org more' });
    expect(runs()).toBe(1);
    expect(credentials.refused()).toBe(true);
    await credentials.get();
    expect(runs()).toBe(2);
  });

  test('an exec plugin whose token has expired is asked again', async () => {
    const { command, runs } = plugin('2001-01-01T00:00:00Z');
    const credentials = credentialsOf(access(exec(command)));
    await credentials.get();
    await credentials.get();
    expect(runs()).toBe(2);
  });

  test('an exec plugin that is missing or fails is named', async () => {
    await expect(credentialsOf(access(exec(join(folder, 'none')))).get()).rejects.toMatchObject({
      what: expect.stringContaining('is not installed') as string,
      fix: 'Install it with: apt install it',
    });
    const command = join(folder, 'failing');
    writeFileSync(command, '#!/bin/sh\necho secret; echo "log in first" >&2; exit 1\n', { mode: 0o755 });
    await expect(credentialsOf(access(exec(command))).get()).rejects.toMatchObject({
      where: command,
      details: expect.not.stringContaining('secret') as string,
    });
  });
});

describe('proxies', () => {
  const env = { HTTPS_PROXY: 'proxy:3128', NO_PROXY: '10.0.0.0/8, .corp.example.org,exact.example.com:6443' };
  test.each([
    ['https://api.example.org:6443', 'http://proxy:3128'],
    ['https://10.1.2.3:6443', undefined],
    ['https://11.1.2.3:6443', 'http://proxy:3128'],
    ['https://api.corp.example.org', undefined],
    ['https://corp.example.org', 'http://proxy:3128'],
    ['https://exact.example.com:6443', undefined],
    ['https://sub.exact.example.com:6443', undefined],
    ['https://exact.example.com', 'http://proxy:3128'],
    ['https://127.0.0.1:6443', undefined],
    ['https://localhost:6443', undefined],
    ['https://[::1]:6443', undefined],
    ['http://api.example.org', undefined],
  ])('%s', (server, proxy) => {
    expect(proxyFor(server, undefined, env)).toBe(proxy);
  });

  test('the kubeconfig has the last word', () => {
    expect(proxyFor('https://10.1.2.3', 'socks5://own:1080', env)).toBe('socks5://own:1080');
    expect(
      proxyFor('https://x.example', undefined, { HTTPS_PROXY: 'http://p', NO_PROXY: '*' }),
    ).toBeUndefined();
  });
});

test('pauses double, are a little different each time, and do what the server asks', () => {
  expect([1, 2, 3, 6, 9].map((attempt) => pauseMs(attempt, undefined, 1))).toEqual([
    200, 400, 800, 5000, 5000,
  ]);
  expect(pauseMs(1, undefined, 0)).toBe(100);
  expect(pauseMs(1, 3)).toBe(3000);
  expect(pauseMs(1, 3600)).toBe(3_600_000);
});

test.each([
  ['3', undefined, 3],
  ['0', undefined, 0],
  // By the server's clock, whatever ours is.
  ['Mon, 23 Nov 2026 12:00:40 GMT', 'Mon, 23 Nov 2026 12:00:00 GMT', 40],
  ['Mon, 23 Nov 2026 12:00:00 GMT', 'Mon, 23 Nov 2026 12:00:40 GMT', 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', undefined, 0],
  ['soon', 'Mon, 23 Nov 2026 12:00:00 GMT', undefined],
  ['-5 or so', undefined, undefined],
  [undefined, undefined, undefined],
])('Retry-After %j at %j is %j seconds', (retryAfter, date, seconds) => {
  expect(retryAfterSeconds(retryAfter, date)).toBe(seconds);
});

test('paths of objects', () => {
  const deployment = knownResource('apps/v1', 'Deployment')!;
  expect(objectPath(deployment, { namespace: 'jhub', name: 'hub' })).toBe(
    '/apis/apps/v1/namespaces/jhub/deployments/hub',
  );
  expect(objectPath(deployment, {})).toBe('/apis/apps/v1/deployments');
  const node = knownResource('v1', 'Node')!;
  expect(objectPath(node, { namespace: 'ignored', name: 'a' })).toBe('/api/v1/nodes/a');
  expect(knownResource('apps/v1beta1', 'Deployment')).toBeUndefined();
  expect(queryOf({ labelSelector: 'a=b,c!=d', limit: 5, continue: undefined })).toBe(
    '?labelSelector=a%3Db%2Cc%21%3Dd&limit=5',
  );
});
