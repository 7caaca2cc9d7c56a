import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { called, pasteable } from '../../../src/cli/render/pasteable.ts';
import { runIn } from './run.ts';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-called-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

describe('commands that are printed name the program as it was called', () => {
  const run = (command: string, ...argv: string[]) =>
    runIn(cwd, argv, { env: { HUBWRIGHT_COMMAND: command } });

  test('in help', async () => {
    const { stdout } = await run('../main/hubwright', 'up', '--help');
    expect(stdout).toContain('Usage: ../main/hubwright up');
    expect(stdout).toContain('$ ../main/hubwright up  #');
  });

  test('in errors', async () => {
    expect((await run('./hubwright', 'status')).stderr).toContain('`./hubwright init`');
    expect((await run('./hubwright', 'chek')).stderr).toContain('`./hubwright --help`');
  });

  test('in results', async () => {
    expect((await run('./hubwright', 'init')).stdout).toContain('`./hubwright up`');
  });

  test('quoted where a shell needs it', async () => {
    expect((await run('/a folder/hubwright', 'status')).stderr).toContain("`'/a folder/hubwright' init`");
  });

  test('not in what a machine reads, nor in a file', async () => {
    const { stdout } = await run('./hubwright', 'schema');
    expect(stdout).not.toContain('./hubwright');
  });
});

test('the word elsewhere stays', () => {
  const text = 'another hubwright process; ~/.local/share/hubwright up there; hubwright users list';
  expect(called(text, './hubwright')).toBe(
    'another hubwright process; ~/.local/share/hubwright up there; ./hubwright users list',
  );
});

test('doing it twice is doing it once', () => {
  const meant = { program: './hubwright', environment: 'local', sameAgain: ' --file x.yaml' };
  const once = pasteable('Run `hubwright up` or `hubwright logs [ENV] hub`.', meant);
  expect(once).toBe('Run `./hubwright up local --file x.yaml` or `./hubwright logs [ENV] hub`.');
  expect(pasteable(once, meant)).toBe(once);
});

test.each([
  ['hubwright up', 'hubwright up local'],
  ['hubwright up --no-verify', 'hubwright up local --no-verify'],
  ['hubwright up other', 'hubwright up other'],
  ['hubwright users list', 'hubwright users local list'],
  ['hubwright logs local hub', 'hubwright logs local hub'],
])('%s, said of the environment local, is %s', (said, meant) => {
  expect(pasteable(said, { program: 'hubwright', environment: 'local', sameAgain: '' })).toBe(meant);
});

describe('interrupted', () => {
  const slow = { interrupted: Promise.resolve('SIGINT' as const), env: {} };
  beforeEach(() => writeFileSync(join(cwd, 'hub.yaml'), 'name: x\n'));

  test('`up` says how it goes on, with the exit code that shells have for Ctrl-C', async () => {
    const { exitCode, stderr } = await runIn(cwd, ['up'], slow);
    expect(stderr).toBe('Interrupted. `hubwright up` again continues.\n');
    expect(exitCode).toBe(130);
  });

  test('SIGTERM has an exit code of its own', async () => {
    const { exitCode } = await runIn(cwd, ['up'], { interrupted: Promise.resolve('SIGTERM' as const) });
    expect(exitCode).toBe(143);
  });

  test('of a command that is looked at until it is ended, nothing is said', async () => {
    const { exitCode, stderr } = await runIn(cwd, ['logs', 'hub'], slow);
    expect([exitCode, stderr]).toEqual([130, '']);
  });

  test('--json has an object for it', async () => {
    const { stdout } = await runIn(cwd, ['up', '--json'], slow);
    expect(JSON.parse(stdout)).toEqual({ type: 'interrupted', signal: 'SIGINT' });
  });
});
