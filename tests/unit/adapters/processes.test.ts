import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isAlive, run, startTimeOf, terminate } from '../../../src/adapters/processes.ts';
import type { ProcessIdentity } from '../../../src/ports.ts';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

async function start(script: string) {
  child = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' });
  const pid = child.pid ?? 0;
  return { pid, startTime: (await startTimeOf(pid)) ?? '' };
}

describe('a process is known by its id and start time', () => {
  test('it lives', async () => {
    expect(await isAlive(await start('sleep 30'))).toBe(true);
  });

  test('another start time is another process', async () => {
    expect(await isAlive({ ...(await start('sleep 30')), startTime: 'other' })).toBe(false);
  });

  test.each([{}, { pid: 1 }, { startTime: 'x' }, { pid: 2 ** 22 + 1, startTime: '' }])(
    'a damaged record, %o, names no process',
    async (record) => {
      expect(await isAlive(record as ProcessIdentity)).toBe(false);
    },
  );

  test('somebody else with the same id is not ended', async () => {
    const identity = await start('sleep 30');
    await terminate({ ...identity, startTime: 'other' }, 1);
    expect(await isAlive(identity)).toBe(true);
  });
});

describe('terminate', () => {
  test('ends the process', async () => {
    const identity = await start('sleep 30');
    await terminate(identity, 5);
    expect(await isAlive(identity)).toBe(false);
  });

  test('ends by force what does not listen', async () => {
    const identity = await start('trap "" TERM; while :; do sleep 0.1; done');
    await terminate(identity, 0.3);
    expect(await isAlive(identity)).toBe(false);
  });
});

test('a program that is not there is told apart from one that fails', async () => {
  expect(await run('no-such-program', [])).toMatchObject({ ok: false, missing: true });
  expect(await run('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toMatchObject({
    ok: false,
    missing: false,
  });
});

test('what a program makes privately is the user’s alone, and its command is told without what does that', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hubwright-run-'));
  const before = process.umask(0o000);
  const { command } = await run('mkdir', [join(folder, 'made')], { privately: true });
  process.umask(before);
  expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o700);
  expect(command).toBe(`mkdir ${join(folder, 'made')}`);
  rmSync(folder, { recursive: true });
});

test('the command of a result can be pasted into a shell', async () => {
  expect((await run('echo', ["it's", 'a b'])).command).toBe(`echo 'it'\\''s' 'a b'`);
});
