import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runIn } from './run.ts';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-check-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

const check = (folder: string, requirements: string, wheels: string) => {
  writeFileSync(
    join(cwd, 'hub.yaml'),
    `name: course
defaults:
  auth: { accounts: { admins: [alex] } }
  materials: { folder: ${folder} }
  profiles:
    standard: { displayName: Python, default: true, local: { requirements: ${requirements} } }
environments:
  local:
    target: local
    local: { wheels: ${wheels} }
`,
  );
  return runIn(cwd, ['check', '--json']);
};

interface Found {
  readonly severity: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const problems = (stdout: string): string[] =>
  (JSON.parse(stdout) as { problems: Found[] }).problems.map(
    ({ severity, line, column, message }) => `${line}:${column} ${severity} ${message}`,
  );

test('what a local environment names and is not there is a mistake, with its place', async () => {
  const { exitCode, stdout } = await check('nowhere', 'nothing.lock', 'nowhere');
  expect(problems(stdout)).toEqual([
    '4:24 error There is no folder `nowhere`',
    '6:76 error There is no file `nothing.lock`',
    '10:22 error There is no folder `nowhere`',
  ]);
  expect(exitCode).toBe(2);
});

test('what is there of another kind, too', async () => {
  writeFileSync(join(cwd, 'materials'), '');
  mkdirSync(join(cwd, 'wheels'));
  const { stdout } = await check('materials', 'wheels', 'wheels');
  expect(problems(stdout)).toEqual([
    '4:24 error `materials` is a file, and a folder is needed',
    '6:76 error `wheels` is a folder, and a file is needed',
  ]);
});

test('what is there is no mistake', async () => {
  mkdirSync(join(cwd, 'materials'));
  writeFileSync(join(cwd, 'own.lock'), '');
  expect((await check('materials', 'own.lock', 'materials')).exitCode).toBe(0);
});

test('a path from the root may be of the machine where it will run: a warning', async () => {
  writeFileSync(join(cwd, 'own.lock'), '');
  const { exitCode, stdout } = await check('/nowhere/materials', 'own.lock', '.');
  expect(problems(stdout)).toEqual(['4:24 warning There is no folder `/nowhere/materials`']);
  expect(exitCode).toBe(0);
});
