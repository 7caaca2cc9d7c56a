import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, events, repo, sandbox } from '../support/hubwright.ts';
import { pythonWithoutMounts } from '../support/without-mounts.ts';
import { type AtWork, atWork, canLogIn, freePort, isRunning, passwords, serverOf, small, up } from './kit.ts';

const preload = join(repo, 'tests', 'support', 'kill-at.ts');

/** Runs a command that is killed at its first moment that is not among these. @returns it, or undefined when it got through. */
async function killedAt(
  box: Sandbox,
  args: readonly string[],
  passed: readonly string[],
): Promise<string | undefined> {
  const env = { HUBWRIGHT_TEST_PASSED: passed.join(',') };
  const { exitCode, stdout, stderr } = await box.run([...args, '--json'], { preload, env });
  const last = events(stdout).at(-1);
  if (exitCode === null) return `${last?.type} ${String(last?.['id'])}`;
  expect(exitCode, stdout + stderr).toBe(0);
  return undefined;
}

/** Runs `up` until it gets through: each goes on where the one before was killed, and is killed one moment later. */
async function killedAtEachMoment(box: Sandbox): Promise<string[]> {
  const moments: string[] = [];
  for (;;) {
    const moment = await killedAt(box, ['up', '--no-verify'], moments);
    if (moment === undefined) break;
    moments.push(moment);
  }
  expect(await box.must(['up', '--no-verify'])).toContain('Nothing has changed');
  return moments;
}

/** Several people at work, by name. */
async function allAtWork(
  box: Sandbox,
  url: string,
  names: readonly string[],
): Promise<(name: string) => AtWork> {
  const people = await Promise.all(
    names.map(async (name) => [name, await atWork(box, { url, name })] as const),
  );
  const known = new Map(people);
  return (name) => known.get(name) ?? expect.fail(`${name} does not work`);
}

/** No password, cookie or server of theirs is worth anything any more, and the home is there. */
async function expectRemoved(box: Sandbox, url: string, name: string, before: Before): Promise<void> {
  const { browser, pid } = before.person(name);
  expect(await canLogIn(url, name, before.passwords.get(name))).toBe(false);
  expect((await browser.get(`${url}hub/api/user`)).status).toBe(403);
  expect(await isRunning(pid)).toBe(false);
  expect(existsSync(join(box.state('small').homes, name))).toBe(true);
}

interface Before {
  readonly person: (name: string) => AtWork;
  readonly passwords: ReadonlyMap<string, string>;
}

/** The same process, and in it the same kernel. */
async function expectUntouched(box: Sandbox, url: string, name: string, { person }: Before): Promise<void> {
  const { browser, pid } = person(name);
  expect({ pid: serverOf(box, name), runs: await isRunning(pid) }).toEqual({ pid, runs: true });
  expect(JSON.parse((await browser.get(`${url}user/${name}/api/kernels`)).text)).toHaveLength(1);
}

/** Whether the hub lets them see everybody, with the cookie of before. */
async function isAdmin(url: string, name: string, { person }: Before): Promise<boolean> {
  const { status } = await person(name).browser.get(`${url}hub/api/users`);
  expect([200, 403]).toContain(status);
  return status === 200;
}

describe('a change that is killed at each moment between two steps', () => {
  let box: Sandbox;
  let url: string;
  let python: string;
  let before: Before;
  const file = (port: number, accounts: string, more = ''): string =>
    small({
      port,
      accounts,
      local: `python: ${python}`,
      more: `materials: { folder: lessons, mountPath: /mnt/materials }\n${more}`,
    });

  beforeAll(async () => {
    box = sandbox({ ownPython: true });
    python = await pythonWithoutMounts(box);
    await box.write('lessons/one.txt', 'first');
    const accounts = '{ admins: [alex, robin], users: { prefix: trainee, count: 1 }, extra: [jo, kim] }';
    await box.writeConfig(file(await freePort(), accounts));
    url = await up(box);
    const person = await allAtWork(box, url, ['admin-alex', 'admin-robin', 'trainee-1', 'jo', 'kim']);
    before = { person, passwords: passwords(box) };
  });
  afterAll(() => box.close());

  describe('of materials, people, port and culling at once', () => {
    const accounts = '{ admins: [alex], users: { prefix: trainee, count: 1 }, extra: [kim, admin-robin] }';
    const culling = 'culling: { timeout: 2d }';

    test('gets there at last', async () => {
      expect(await isAdmin(url, 'admin-robin', before)).toBe(true);
      const port = await freePort();
      await box.write('lessons/two.txt', 'second');
      await box.writeConfig(file(port, accounts, culling));
      const moments = await killedAtEachMoment(box);
      const begun = ['materials', 'accounts', 'proxy', 'settings', 'hub'].map((id) => `stepStarted ${id}`);
      expect(moments).toEqual(expect.arrayContaining([...begun, 'stepDone hub']));
      url = `http://127.0.0.1:${port}/`;
    });

    test('takes access and server from whom it removes, and keeps the home', () =>
      expectRemoved(box, url, 'jo', before));

    test('takes the right from an administrator who is none any more, and leaves the server', async () => {
      expect(await isAdmin(url, 'admin-robin', before)).toBe(false);
      expect(await isAdmin(url, 'admin-alex', before)).toBe(true);
      await expectUntouched(box, url, 'admin-robin', before);
    });

    test('leaves everybody else’s server and kernel as they were', async () => {
      for (const name of ['admin-alex', 'trainee-1', 'kim']) await expectUntouched(box, url, name, before);
    });

    test('shows the materials as they are now', async () => {
      const seen = join(box.state('small').homes, 'trainee-1', 'materials', 'two.txt');
      expect(await readFile(seen, 'utf8')).toBe('second');
    });
  });

  describe('of people alone, while the hub runs on', () => {
    test('gets there at last', async () => {
      const accounts = '{ users: { prefix: trainee, count: 1 }, extra: [admin-alex, admin-robin, sam] }';
      await box.writeConfig(file(Number(new URL(url).port), accounts, 'culling: { timeout: 2d }'));
      expect(await killedAtEachMoment(box)).toEqual(
        ['accounts', 'accounts:sync', 'remove-people'].flatMap((id) => [
          `stepStarted ${id}`,
          `stepDone ${id}`,
        ]),
      );
    });

    // First: a log-in would make the hub read the list, were it not told.
    test('takes the right from an administrator who is none any more', async () =>
      expect(await isAdmin(url, 'admin-alex', before)).toBe(false));

    test('takes access and server from whom it removes, and keeps the home', () =>
      expectRemoved(box, url, 'kim', before));

    test('lets in whom it adds', async () =>
      expect(await canLogIn(url, 'sam', passwords(box).get('sam'))).toBe(true));

    test('leaves everybody else’s server and kernel as they were', async () => {
      for (const name of ['admin-alex', 'admin-robin', 'trainee-1'])
        await expectUntouched(box, url, name, before);
    });
  });
});

describe('`users remove` while no hub runs, killed, and the next up', () => {
  let box: Sandbox;
  let url: string;
  let before: Before;

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(
      small({ port: await freePort(), accounts: '{ extra: [ann, ben, cleo, dan, eve] }' }),
    );
    url = await up(box);
    const person = await allAtWork(box, url, ['ann', 'ben', 'cleo', 'dan', 'eve']);
    before = { person, passwords: passwords(box) };
  });
  afterAll(() => box.close());

  const moments = ['accounts', 'remove-people:servers'].flatMap((id) => [
    `stepStarted ${id}`,
    `stepDone ${id}`,
  ]);

  test.for([
    ['ann', 0],
    ['ben', 1],
    ['cleo', 2],
    ['dan', 3],
  ] as const)('of %s at moment %i', async ([name, index]) => {
    await box.must(['down', '--keep-servers']);
    const moment = await killedAt(box, ['users', 'remove', name], moments.slice(0, index));
    expect(moment).toBe(moments[index]);
    expect(await up(box)).toBe(url);
    await expectRemoved(box, url, name, before);
    await expectUntouched(box, url, 'eve', before);
    expect(await box.must(['up', '--no-verify'])).toContain('Nothing has changed');
  });
});
