import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import { type AtWork, atWork, canLogIn, freePort, isRunning, passwords, small, up } from './kit.ts';

const accounts = (extra: string): string =>
  `{ admins: [alex], users: { prefix: trainee, count: 1 }, extra: [${extra}] }`;

describe('people who are removed while no hub runs, after `down --keep-servers`', () => {
  let box: Sandbox;
  let port: number;
  let url: string;
  let known: ReadonlyMap<string, string>;
  let [jo, kim, trainee]: AtWork[] = [];
  const file = (): string => readFileSync(join(box.folder, 'hub.yaml'), 'utf8');
  const homeOf = (name: string): string => join(box.state('small').homes, name);

  beforeAll(async () => {
    box = sandbox();
    port = await freePort();
    await box.writeConfig(small({ port, accounts: accounts('jo, kim') }));
    url = await up(box);
    [jo, kim, trainee] = await Promise.all(
      ['jo', 'kim', 'trainee-1'].map((name) => atWork(box, { url, name })),
    );
    known = passwords(box);
    await box.must(['down', '--keep-servers']);
  });
  afterAll(() => box.close());

  test('list says of nobody that the password still is the initial one', async () => {
    expect(await box.must(['users', 'list'])).toMatch(/^NAME .*\n(.* unknown .*\n){4}$/);
  });

  test('remove --with-home stops the server before it deletes the home, and nobody else’s', async () => {
    const stdout = await box.must(['users', 'remove', 'jo', '--with-home']);
    expect(stdout).toContain('1 person removed from hub.yaml. 1 home deleted.');
    expect(await Promise.all([jo, kim, trainee].map((one) => isRunning(one?.pid ?? 0)))).toEqual([
      false,
      true,
      true,
    ]);
    expect([existsSync(homeOf('jo')), existsSync(homeOf('kim'))]).toEqual([false, true]);
  });

  test('who was taken out of the file by hand loses server and access with the next up', async () => {
    await box.writeConfig(small({ port, accounts: accounts('') }));
    expect(await box.must(['plan'])).toContain('Running servers that stop: kim.');
    expect(await up(box)).toBe(url);
    expect(await Promise.all([kim, trainee].map((one) => isRunning(one?.pid ?? 0)))).toEqual([false, true]);
    expect(await trainee?.kernel.run('print(1)')).toBe('1\n');
    const mayLogIn = ['jo', 'kim', 'trainee-1'].map((name) => canLogIn(url, name, known.get(name)));
    expect(await Promise.all(mayLogIn)).toEqual([false, false, true]);
    expect(await box.must(['up', '--no-verify'])).toContain('Nothing has changed');
  });

  test('who is out of the file already leaves a home that remove --with-home deletes', async () => {
    expect(existsSync(homeOf('kim'))).toBe(true);
    expect(await box.must(['users', 'remove', 'kim', '--with-home'])).toBe(
      'kim was not in hub.yaml any more. 1 home deleted.\n',
    );
    expect(existsSync(homeOf('kim'))).toBe(false);
    expect((await box.run(['users', 'remove', 'kim', '--with-home'])).stderr).toContain(
      'Nobody in the file is called kim.',
    );
  });

  test('of several who add people at once, each who is told so has added them', async () => {
    const names = ['ada', 'ben', 'cleo'];
    const results = await Promise.all(names.map((name) => box.run(['users', 'add', name])));
    const added = names.filter((_, index) => results[index]?.exitCode === 0);
    expect(added).not.toEqual([]);
    for (const { exitCode, stderr } of results)
      if (exitCode !== 0) expect(stderr).toContain('Environment local is being changed by somebody else.');
    expect(names.filter((name) => file().includes(name))).toEqual(added);
    const mayLogIn = await Promise.all(added.map((name) => canLogIn(url, name, passwords(box).get(name))));
    expect(mayLogIn).not.toContain(false);
  });
});
