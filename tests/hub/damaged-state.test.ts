import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Result, type Sandbox, sandbox } from '../support/hubwright.ts';
import { atWork, canLogIn, freePort, passwords, recordOf, small, until, up } from './kit.ts';

/** What can be asked of an environment; with a damaged file each has to answer, or say what to do. */
const questions = ['status', 'plan', 'users list'];

describe('files of the state folder that something else has damaged', () => {
  let box: Sandbox;
  let url: string;
  const files = (): ReturnType<Sandbox['state']> => box.state('small');

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small({ port: await freePort() }));
    url = await up(box);
  });
  afterAll(() => box.close());

  const askEverything = async (): Promise<Result[]> => {
    // Only the last takes the lock.
    const results = await Promise.all(questions.map((question) => box.run(question.split(' '))));
    return [...results, await box.run(['verify'])];
  };
  /** Nothing is called a mistake of ours, and no trace is shown. */
  const expectPlainWords = (results: readonly Result[]): void => {
    for (const { stdout, stderr } of results) {
      expect(stdout + stderr).not.toMatch(/mistake in Hubwright|Error:|\n {4}at /);
    }
  };

  test.for([
    ['empty', ''],
    ['of another kind', '[]'],
  ])('settings/hub.json, %s: up writes it again, on the same port', async ([, text]) => {
    writeFileSync(files().hubSettings, text ?? '');
    const results = await askEverything();
    expectPlainWords(results);
    expect(results[0]?.stderr).toContain('The settings of the hub are not there, or damaged.');
    expect(results[0]?.stderr).toContain('`hubwright up local` writes them again.');
    expect(await up(box)).toBe(url);
    expect((await box.run(['status'])).exitCode).toBe(0);
  });

  test('settings/profiles.json, empty: up writes it again, and nothing restarts', async () => {
    const before = recordOf(box, 'hub').pid;
    truncateSync(files().profilesSettings);
    expectPlainWords(await askEverything());
    await up(box);
    expect(recordOf(box, 'hub').pid).toBe(before);
    await (await atWork(box, { url, name: 'jo' })).kernel.close();
  });

  test.for([
    ['cut off', '{"version": 1, "accou'],
    ['of another kind', '{}'],
  ])(
    'secrets/accounts.json, %s: the command in the error gives everybody a new password',
    async ([, text]) => {
      const before = passwords(box);
      writeFileSync(files().accounts, text ?? '');
      expectPlainWords(await askEverything());
      const { exitCode, stderr } = await box.run(['up']);
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('The list of accounts is damaged.'),
      });
      paste(stderr);
      await up(box);
      expect(passwords(box).get('jo')).not.toBe(before.get('jo'));
      expect(await canLogIn(url, 'jo', before.get('jo'))).toBe(false);
      expect(await canLogIn(url, 'jo', passwords(box).get('jo'))).toBe(true);
    },
  );

  test('the hub’s database: the command in the error makes a new one, and passwords stay', async () => {
    await box.must(['down']);
    writeFileSync(
      files().database,
      'this is no database, and long enough to be taken for one at first sight'.repeat(9),
    );
    const results = await askEverything();
    expectPlainWords(results);
    expect(results[0]?.stderr).toContain("The hub's database is damaged.");
    paste(results[0]?.stderr ?? '');
    await up(box);
    expect(await canLogIn(url, 'jo', passwords(box).get('jo'))).toBe(true);
  });

  test('the lock: the command in the error makes it usable', async () => {
    writeFileSync(
      files().lock,
      'this is no database, and long enough to be taken for one at first sight'.repeat(9),
    );
    const { stderr } = await box.run(['up']);
    expect(stderr).toContain('The lock file is damaged.');
    paste(stderr);
    expect(await up(box)).toBe(url);
  });

  test('the record of a running hub, empty: no question trips over it', async () => {
    const { pid } = recordOf(box, 'hub');
    const record = readFileSync(files().hubRecord, 'utf8');
    truncateSync(files().hubRecord);
    expectPlainWords(await askEverything());
    writeFileSync(files().hubRecord, record);
    await box.must(['down']);
    await until('the hub has ended', async () => !(await box.processes()).some((found) => found.pid === pid));
  });

  /** Runs the first command of the fix, as somebody who pastes it. */
  function paste(stderr: string): void {
    const command = /^fix .*?`((?:mv|rm) [^`]*)`/m.exec(stderr)?.[1];
    expect(command, stderr).toBeDefined();
    execFileSync('sh', ['-c', command ?? '']);
  }
});
