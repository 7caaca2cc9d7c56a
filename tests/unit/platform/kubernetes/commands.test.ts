import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { valueAt } from '../../../../src/config/merge.ts';
import { commandHook } from '../../../../src/platform/kubernetes/jupyterhub/commands.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hubwright-home-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const log = () => join(home, 'profile-commands.log');

/** Runs the hook as Kubernetes does, in a home of the test's own; what it left in the log, without times. */
function run(...commands: string[]): string {
  const words = valueAt(commandHook(commands), ['postStart', 'exec', 'command']) as string[];
  const [shell = '', ...rest] = words.map((word) => (word === '/home/jovyan' ? home : word));
  const env = { PATH: process.env['PATH'], JUPYTERHUB_API_TOKEN: 'the-token' };
  const { status, stdout, stderr } = spawnSync(shell, rest, { env, encoding: 'utf8' });
  // Anything but 0, and Kubernetes kills the server.
  expect([status, stdout, stderr]).toEqual([0, '', '']);
  if (!existsSync(log()) || statSync(log()).isDirectory()) return '';
  return readFileSync(log(), 'utf8')
    .replaceAll(/=== [-\d: ]+ \w+ {2}/g, '')
    .replaceAll(/after \d+ s/g, 'after N s');
}

describe('commandHook', () => {
  test('a profile without commands has no hook', () => {
    expect(commandHook([])).toBeUndefined();
  });

  test('each may fail, and what they say is kept', () => {
    expect(run('echo one; exit 3', 'pwd | sed s,.*/,,', 'no-such-program 2>/dev/null')).toBe(
      [
        'command 1 of 3: echo one; exit 3',
        'one',
        '=== exit code 3 after N s',
        '',
        'command 2 of 3: pwd | sed s,.*/,,',
        home.replace(/.*\//, ''),
        '=== exit code 0 after N s',
        '',
        'command 3 of 3: no-such-program 2>/dev/null',
        '=== exit code 127 after N s',
        '',
        '',
      ].join('\n'),
    );
  });

  test('a command of several lines, with every kind of quote, arrives as it is written', () => {
    const said = run(`cat <<'END'\n'"\`$HOME\` \${x} {y} %s \\n\nEND\nprintf '%s' "it's"`);
    expect(said).toContain(`\n'"\`$HOME\` \${x} {y} %s \\n\nit's\n=== exit code 0`);
  });

  test('any text at all gives its own bytes back', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        fc.pre(!text.includes('\0') && text.isWellFormed());
        const quoted = `'${text.replaceAll("'", `'\\''`)}'`;
        run(`printf %s ${quoted} >out`);
        expect(readFileSync(join(home, 'out'), 'utf8')).toBe(text);
      }),
      { numRuns: 5 },
    );
  });

  test('no command sees the token of the server, nor waits for somebody to type', () => {
    expect(run('echo "token: $JUPYTERHUB_API_TOKEN."; cat; echo "$GIT_TERMINAL_PROMPT"')).toContain(
      '\ntoken: .\n0\n',
    );
  });

  test('what one leaves running keeps nobody waiting', () => {
    const started = Date.now();
    run('sleep 20 &');
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('more output than anybody reads is cut off', () => {
    const said = run('head -c 1000000 /dev/zero | tr "\\0" x', 'echo next');
    expect(said.length).toBeLessThan(300_000);
    expect(said).toContain('xxx\n[more output is not kept]\n=== exit code 0');
    expect(said).toContain('\nnext\n');
  });

  test('an old log is shortened', () => {
    writeFileSync(log(), `first\n${'line\n'.repeat(300_000)}last\n`);
    const said = run('true');
    expect(said.startsWith('[older lines were removed]\n')).toBe(true);
    expect(said.length).toBeLessThan(300_000);
    expect(said).toContain('\nlast\ncommand 1 of 1: true\n');
  });

  test('others cannot read the log', () => {
    run('true');
    expect(statSync(log()).mode & 0o777).toBe(0o600);
  });

  test('a log that leads elsewhere is not written to', () => {
    const elsewhere = join(home, 'precious');
    writeFileSync(elsewhere, 'kept');
    symlinkSync(elsewhere, log());
    run('echo overwritten', 'echo done >proof');
    expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
    expect(existsSync(join(home, 'proof'))).toBe(true);
  });

  test('a password in an address is not written down', () => {
    const said = run('true https://me:secret@example.org/x');
    expect(said).toContain('command 1 of 1: true https://***@example.org/x');
    expect(said).not.toContain('secret');
  });
});
