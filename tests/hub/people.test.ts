import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, events, sandbox } from '../support/hubwright.ts';
import { canLogIn, passwords, recordOf, small, up } from './kit.ts';

describe('users', () => {
  let box: Sandbox;
  let url: string;
  let hub: number;
  const file = (): string => readFileSync(join(box.folder, 'hub.yaml'), 'utf8');

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small());
    url = await up(box);
    hub = recordOf(box, 'hub').pid;
  });
  afterAll(() => box.close());

  test('list names everybody, and never a password', async () => {
    const [text, json] = await Promise.all([
      box.must(['users', 'list']),
      box.must(['users', 'list', '--json']),
    ]);
    expect(text).toMatch(/^NAME .*\nadmin-alex +admin +initial .*\ntrainee-1 .*\ntrainee-2 .*\njo /);
    expect(JSON.parse(json)).toMatchObject({ type: 'users', people: { length: 4 } });
    for (const password of passwords(box).values()) expect(text + json).not.toContain(password);
  });

  test('add writes into the file and lets the person in, with nothing restarted', async () => {
    const stdout = await box.must(['users', 'local', 'add', 'kim', 'lee']);
    expect(stdout).toContain('2 people added to hub.yaml.');
    expect(file()).toMatch(/extra: \[ ?jo, kim, lee ?\]/);
    expect(await canLogIn(url, 'kim', passwords(box).get('kim'))).toBe(true);
    expect(recordOf(box, 'hub').pid).toBe(hub);
  });

  test('add --admin makes an administrator', async () => {
    await box.must(['users', 'add', 'robin', '--admin']);
    expect(await box.must(['users', 'list'])).toMatch(/admin-robin +admin/);
  });

  test.for([
    ['somebody who is there', ['add', 'kim'], 'kim is there already.'],
    ['a name twice', ['add', 'pat', 'pat'], 'pat is there already.'],
    ['a name that is not allowed', ['add', 'Not Allowed'], 'lower-case letters'],
    ['nobody', ['add'], 'needs the name of a person'],
  ] as const)('add refuses %s, and leaves the file as it was', async ([, words, reason]) => {
    const before = file();
    const { exitCode, stderr } = await box.run(['users', ...words]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(reason) });
    expect(file()).toBe(before);
  });

  test.for([
    ['somebody of the numbered row', 'trainee-1', 'Lower `auth.accounts.users.count`'],
    ['somebody who is not in the file', 'nobody', '`hubwright users local list` shows everybody'],
  ] as const)('remove refuses %s and says what to do instead', async ([, name, fix]) => {
    const { exitCode, stderr } = await box.run(['users', 'remove', name]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(fix) });
  });

  test('remove takes the person out of the file and off the hub, and keeps the home', async () => {
    const password = passwords(box).get('lee');
    const stdout = await box.must(['users', 'remove', 'lee']);
    expect(stdout).toContain('Homes stay');
    expect(file()).not.toContain('lee');
    expect(await canLogIn(url, 'lee', password)).toBe(false);
  });

  test('remove --with-home deletes the home too', async () => {
    const home = join(box.state('small').homes, 'kim');
    const { mkdir } = await import('node:fs/promises');
    await mkdir(home, { recursive: true });
    expect(await box.must(['users', 'remove', 'kim', '--with-home'])).toContain('1 home deleted.');
    expect(existsSync(home)).toBe(false);
  });

  test('reset gives a new password at once, and the old one no longer works', async () => {
    const old = passwords(box).get('trainee-2');
    const stdout = await box.must(['users', 'reset', 'trainee-2']);
    const fresh = passwords(box).get('trainee-2');
    expect(fresh).not.toBe(old);
    // A pipe may end in a log.
    expect(stdout).not.toContain(fresh);
    expect(stdout).toContain('`hubwright users local handout` writes them down');
    expect([await canLogIn(url, 'trainee-2', old), await canLogIn(url, 'trainee-2', fresh)]).toEqual([
      false,
      true,
    ]);
  });

  test('handout writes a table and cards for the user alone, over older ones too', async () => {
    await box.write('cards/accounts.csv', 'old', 0o644);
    await box.must(['users', 'handout', '--out', 'cards']);
    const modes = ['accounts.csv', 'cards.html'].map(
      (name) => statSync(join(box.folder, 'cards', name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600]);
    const csv = readFileSync(join(box.folder, 'cards', 'accounts.csv'), 'utf8');
    expect(csv).toContain(`trainee-1,${passwords(box).get('trainee-1')},user,${url}\r\n`);
  });

  test('handout keeps its folder out of git, and writes no .gitignore into one of somebody’s own', async () => {
    await box.must(['users', 'handout']);
    await box.write('own/notes.txt', 'mine');
    await box.must(['users', 'handout', '--out', 'own']);
    expect(readFileSync(join(box.folder, 'handout-local', '.gitignore'), 'utf8')).toBe('*\n');
    expect(existsSync(join(box.folder, 'own', '.gitignore'))).toBe(false);
  });

  test('handout into what is a file says so, and how to name a folder', async () => {
    const { exitCode, stderr } = await box.run(['users', 'handout', '--out', 'hub.yaml']);
    expect(stderr).toContain(`where ${box.folder}/hub.yaml\n`);
    expect(stderr).toContain('Move that file away, or name another folder with `--out FOLDER`.');
    expect(stderr).not.toMatch(/HUBWRIGHT_DATA|EEXIST/);
    expect(exitCode).toBe(1);
  });

  test('what is not said clearly is answered with how to say it', async () => {
    const { exitCode, stderr } = await box.run(['users', 'local', 'remove-all']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Write `hubwright users [ENV] list`'),
    });
  });

  test('add while somebody else changes the environment is refused, and leaves the file as it was', async () => {
    const before = file();
    const { child, done } = box.start(['verify', '--json']);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const { exitCode, stdout } = await box.run(['users', 'add', 'uma', '--json']);
    await done;
    expect(events(stdout).at(-1)).toMatchObject({
      what: 'Environment local is being changed by somebody else.',
    });
    expect({ exitCode, file: file() }).toEqual({ exitCode: 1, file: before });
  });

  test('reset and list work while no hub runs; handout says what it needs', async () => {
    await box.must(['down']);
    const old = passwords(box).get('jo');
    await box.must(['users', 'reset', 'jo']);
    expect(passwords(box).get('jo')).not.toBe(old);
    expect(await box.must(['users', 'list'])).toContain('jo');
    expect((await box.run(['users', 'handout'])).stderr).toContain('`hubwright up local` starts it.');
  });
});
