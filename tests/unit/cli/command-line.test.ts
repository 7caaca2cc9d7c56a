import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalog } from '../../../src/cli/catalog.ts';
import { version } from '../../../src/cli/version.ts';
import { runIn } from './run.ts';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-cli-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (...argv: string[]) => runIn(cwd, argv);

test('the version is that of the package', () => {
  expect(version).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
});

describe('help', () => {
  test('names every command', async () => {
    const { stdout, exitCode } = await run('--help');
    expect(exitCode).toBe(0);
    for (const { name } of catalog) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test('`help up` is `up --help`', async () => {
    const { stdout } = await run('help', 'up');
    expect(stdout).toContain('Usage: hubwright up');
    expect(stdout).toBe((await run('up', '--help')).stdout);
  });

  test('comes when nothing is asked', async () => {
    expect((await run()).stdout).toContain('Usage: hubwright');
  });

  test.each(catalog.map((spec) => [spec.name, spec] as const))('of %s has an example', async (name, spec) => {
    const { stdout, exitCode } = await run(name, '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`$ ${spec.examples[0]?.[0]}`);
  });
});

describe('a mistake on the command line is a usage error with a suggestion', () => {
  test.each([
    [['chek'], 'Did you mean check?'],
    [['up', '--no-verfy'], 'Did you mean --no-verify?'],
    [['up', '--dry-run'], '`hubwright plan` shows what it would do. `hubwright up --help`'],
    [['deploy', 'local', '--dry-run'], '`hubwright plan` shows what it would do.'],
    [['users', 'local', 'destroy'], 'Write `hubwright users [ENV] list`'],
    [['users'], '`hubwright users` does not say what to do.'],
    [['logs'], 'Write `hubwright logs [ENV] hub`'],
    [['deploy'], '`hubwright deploy --help`'],
    [['users', 'add'], 'needs the name of a person'],
    [['logs', 'nothing'], 'does not say whose log'],
    [['logs', 'hub', '--lines', 'many'], 'Write a whole number'],
    [['import', 'terraform', '.'], 'Write `hubwright import ansible FOLDER`'],
  ])('%j', async (argv, message) => {
    writeFileSync(join(cwd, 'hub.yaml'), readFileSync('examples/training/hub.yaml'));
    const { exitCode, stderr } = await run(...argv);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error [A-Z`-].*\nfix {3}/);
    expect(exitCode).toBe(2);
  });
});

describe('which file and environment is meant', () => {
  test('no file here: it says how to name or make one', async () => {
    const { exitCode, stderr } = await run('status');
    expect(stderr).toContain('There is no hub.yaml in this folder.');
    expect(stderr).toContain('`hubwright init`');
    expect(exitCode).toBe(2);
  });

  test('the folder of the example has a file', async () => {
    const { stdout, stderr } = await runIn(resolve('examples/training'), ['check']);
    expect(stdout + stderr).not.toContain('no hub.yaml in this folder');
  });

  test('no file here, and an environment that is named: the example is not meant', async () => {
    const { exitCode, stderr } = await run('up', 'staging');
    expect(stderr).toContain('There is no hub.yaml in this folder.');
    expect(exitCode).toBe(2);
  });

  test('an environment that the file does not have: it names those it has', async () => {
    writeFileSync(join(cwd, 'hub.yaml'), readFileSync('examples/training/hub.yaml'));
    expect((await run('plan', 'prod')).stderr).toContain('Name one of: local, training.');
  });

  test('a file with mistakes changes nothing and tells them all', async () => {
    writeFileSync(
      join(cwd, 'hub.yaml'),
      'name: x\nenvironments:\n  local:\n    target: local\n    profils: {}\n',
    );
    const { exitCode, stderr } = await run('up');
    expect(stderr).toContain('hub.yaml:5:5');
    expect(exitCode).toBe(2);
  });

  test('errors are JSON where that is asked for', async () => {
    const { stdout } = await run('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', what: 'There is no hub.yaml in this folder.' });
  });

  test('mistakes on the command line too', async () => {
    const { stdout, stderr, exitCode } = await run('chekc', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', what: "Unknown command 'chekc'." });
    expect([stderr, exitCode]).toEqual(['', 2]);
  });
});

describe('with --detailed-exitcode, where 2 says that there are changes,', () => {
  test.each([
    ['a file with mistakes', ['plan', '--detailed-exitcode'], 'profils'],
    ['a mistake on the command line', ['plan', '--detailed-exitcode', '--ot', 'x'], '--ot'],
  ])('%s is 1', async (_, argv, named) => {
    const text = 'name: x\nenvironments:\n  local:\n    target: local\n    profils: {}\n';
    writeFileSync(join(cwd, 'hub.yaml'), text);
    const { exitCode, stderr } = await run(...argv);
    expect(stderr).toContain(named);
    expect(exitCode).toBe(1);
  });
});

describe('init', () => {
  test('writes a file that passes check', async () => {
    expect((await run('init', '--name', 'my-course')).exitCode).toBe(0);
    const { exitCode, stdout } = await run('check');
    expect(stdout).toBe('hub.yaml is right: 1 environment.\n');
    expect(exitCode).toBe(0);
  });

  test('never writes over a file', async () => {
    writeFileSync(join(cwd, 'hub.yaml'), 'mine');
    expect((await run('init')).exitCode).toBe(2);
    expect(readFileSync(join(cwd, 'hub.yaml'), 'utf8')).toBe('mine');
  });
});
