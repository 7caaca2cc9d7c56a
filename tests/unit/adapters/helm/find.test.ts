import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { platformOf } from '../../../../src/adapters/helm/download.ts';
import { findHelm, lookForHelm } from '../../../../src/adapters/helm/find.ts';
import { pinnedHelm } from '../../../../src/adapters/helm/pinned.ts';

const shell = promisify(execFile);
let folder: string;
let env: NodeJS.ProcessEnv;
let server: Server | undefined;
const reports: string[] = [];
const report = (text: string): void => void reports.push(text);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwright-helm-'));
  env = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') };
  reports.length = 0;
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** A program that says it is that Helm. */
async function fakeHelm(path: string, version: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n[ "$1" = version ] && printf '%s' '${version}'\n`);
  await chmod(path, 0o755);
  return path;
}

/** Serves an archive with that Helm in it, as get.helm.sh does. */
async function serve(version: string, change = (archive: Buffer): Buffer => archive) {
  const platform = platformOf();
  await fakeHelm(join(folder, 'release', platform, 'helm'), `v${version}`);
  await shell('tar', ['-czf', 'helm.tar.gz', platform], { cwd: join(folder, 'release') });
  const archive = await readFile(join(folder, 'release', 'helm.tar.gz'));
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(change(archive));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sha256 = { [platform]: createHash('sha256').update(archive).digest('hex') };
  return { from, asked, pinned: { version, sha256 } };
}

describe('Helm is taken from', () => {
  test('PATH', async () => {
    const path = await fakeHelm(join(folder, 'bin', 'helm'), 'v3.22.1');
    expect(await findHelm({ env, report })).toEqual({ version: '3.22.1', major: 3, path });
    expect(await lookForHelm(env)).toEqual({ version: '3.22.1', major: 3, path });
  });

  test('PATH, where one that is too old stands before it', async () => {
    await fakeHelm(join(folder, 'old', 'helm'), 'v3.14.0');
    const path = await fakeHelm(join(folder, 'bin', 'helm'), 'v4.3.0');
    env['PATH'] = `${join(folder, 'old')}:${join(folder, 'bin')}`;
    expect(await findHelm({ env, report })).toEqual({ version: '4.3.0', major: 4, path });
  });

  test('HUBWRIGHT_HELM, whatever is on PATH', async () => {
    await fakeHelm(join(folder, 'bin', 'helm'), 'v3.22.1');
    const path = await fakeHelm(join(folder, 'mine'), 'v4.3.0');
    expect(await findHelm({ env: { ...env, HUBWRIGHT_HELM: path }, report })).toMatchObject({
      path,
      major: 4,
    });
  });

  test("the tool's cache", async () => {
    const path = await fakeHelm(
      join(folder, 'cache', 'hubwright', 'helm', `v${pinnedHelm.version}`, 'helm'),
      `v${pinnedHelm.version}`,
    );
    expect(await findHelm({ env, report })).toMatchObject({ path });
  });

  test('a build by hand, which knows no patch number', async () => {
    await fakeHelm(join(folder, 'bin', 'helm'), 'v3.22');
    expect(await lookForHelm(env)).toMatchObject({ version: '3.22', major: 3 });
  });
});

describe('there is none', () => {
  test('it is downloaded, once', async () => {
    const { from, asked, pinned } = await serve('3.22.0');
    const options = { env, report, from, pinned };
    expect(await lookForHelm(env)).toBeUndefined();
    const found = await findHelm(options);
    expect(found.version).toBe('3.22.0');
    expect(found.path).toBe(join(folder, 'cache', 'hubwright', 'helm', 'v3.22.0', 'helm'));
    expect(await findHelm(options)).toEqual(found);
    expect(asked).toEqual([`/helm-v3.22.0-${platformOf()}.tar.gz`]);
    expect(await readdir(join(folder, 'cache', 'hubwright', 'helm'))).toEqual(['v3.22.0']);
    expect(reports).toEqual(['downloading Helm 3.22.0']);
  });

  test('one that was tampered with is thrown away', async () => {
    const { from, pinned } = await serve('3.22.0', (archive) => Buffer.concat([archive, Buffer.from('x')]));
    await expect(findHelm({ env, report, from, pinned })).rejects.toMatchObject({
      what: 'The Helm that was downloaded is not the one that was released. It was thrown away.',
      details: expect.stringMatching(/^expected sha256 [0-9a-f]{64}\ngot {6}sha256 [0-9a-f]{64}$/) as string,
    });
    await expect(readdir(join(folder, 'cache'))).rejects.toThrow('ENOENT');
  });

  test('without a network it says what to do', async () => {
    await fakeHelm(join(folder, 'bin', 'helm'), 'v3.9.0');
    const { from } = await serve('3.22.0');
    await new Promise((resolve) => server?.close(resolve));
    await expect(findHelm({ env, report, from })).rejects.toMatchObject({
      what: `There is no Helm on this machine (Helm 3.9.0 in ${join(folder, 'bin', 'helm')} is too old), and it cannot be downloaded.`,
      fix: expect.stringContaining('HUBWRIGHT_HELM=/path/to/helm') as string,
      details: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test.each([
    ['too old', 'v3.21.4', 'Helm 3.21.4 is too old.'],
    ['no Helm', 'hello', 'HUBWRIGHT_HELM names no program that is Helm.'],
  ])('HUBWRIGHT_HELM is %s', async (_, says, what) => {
    const path = await fakeHelm(join(folder, 'mine'), says);
    await expect(findHelm({ env: { HUBWRIGHT_HELM: path }, report })).rejects.toMatchObject({
      what,
      exitCode: 2,
    });
  });
});
