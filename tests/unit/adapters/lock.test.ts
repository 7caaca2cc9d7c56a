import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holderOf, lockOrRefuse, tryLock } from '../../../src/adapters/lock.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hubwright-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Arguments with which Node takes the lock, tells whether it could, and goes on like that. */
function taking(then: string): string[] {
  const script = `
    import { tryLock } from '${new URL('../../../src/adapters/lock.ts', import.meta.url).href}';
    const lock = await tryLock('${join(folder, 'lock')}', 'hubwright deploy local');
    console.log(lock ? 'held' : 'refused');
    ${then}`;
  return ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script];
}

/** Another process that holds the lock until it is killed. */
async function holder() {
  const child = spawn(process.execPath, taking('setInterval(() => {}, 1000)'));
  await once(child.stdout, 'data');
  return child;
}

test('a second one is refused, and told who holds it', async () => {
  const child = await holder();
  await expect(lockOrRefuse(join(folder, 'lock'), 'mine', 'Environment local')).rejects.toMatchObject({
    what: 'Environment local is being changed by somebody else.',
    where: expect.stringMatching(
      new RegExp(`^\`hubwright deploy local\`, process ${child.pid} on .*, since 2`),
    ) as string,
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('a holder that was killed holds it no longer', async () => {
  const child = await holder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await tryLock(join(folder, 'lock'), 'mine');
  expect(lock).toBeDefined();
  await lock?.release();
});

test('its file is the user’s alone, whatever the umask is', async () => {
  const before = process.umask(0o000);
  const lock = await tryLock(join(folder, 'lock'), 'mine');
  process.umask(before);
  expect(statSync(join(folder, 'lock')).mode & 0o777).toBe(0o600);
  // Whoever asks for it meanwhile must not make it fall.
  expect(await tryLock(join(folder, 'lock'), 'mine too')).toBeUndefined();
  expect(execFileSync(process.execPath, taking(''), { encoding: 'utf8' })).toBe('refused\n');
  await lock?.release();
});

test('it can be taken again after it was released', async () => {
  const first = await tryLock(join(folder, 'lock'), 'first');
  await first?.release();
  const second = await tryLock(join(folder, 'lock'), 'second');
  expect(second).toBeDefined();
  await second?.release();
});

test('who holds it can be asked without taking it, and nobody does once it is released', async () => {
  const path = join(folder, 'lock');
  expect(await holderOf(path)).toBeUndefined();
  const lock = await tryLock(path, 'hubwright up local');
  expect(await holderOf(path)).toMatchObject({ purpose: 'hubwright up local', pid: process.pid });
  await lock?.release();
  expect(await holderOf(path)).toBeUndefined();
});

test('a holder that was killed holds nothing any more', async () => {
  const child = await holder();
  expect(await holderOf(join(folder, 'lock'))).toBeDefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await holderOf(join(folder, 'lock'))).toBeUndefined();
});
