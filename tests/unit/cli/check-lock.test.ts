import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runIn } from './run.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hubwright-check-'));
  mkdirSync(join(cwd, 'conf'));
  writeFileSync(
    join(cwd, 'conf', 'hub.yaml'),
    `name: course
defaults:
  auth: { accounts: { admins: [alex] } }
  https: off
  profiles: { standard: { displayName: Python, default: true, image: 'example.org/a:1', memory: { limit: 1G } } }
environments:
  training: { target: kubernetes, kubernetes: { context: admin } }
  local: { target: local }
`,
  );
});
afterEach(() => rmSync(cwd, { recursive: true }));

function lock(version: string): void {
  writeFileSync(
    join(cwd, 'conf', 'hub.lock.yaml'),
    `charts:
  jupyterhub:
    - asked: default
      version: ${version}
      source: https://hub.jupyter.org/helm-chart/
      digest: sha256:${'0'.repeat(64)}
`,
  );
}

const check = (...more: string[]) => runIn(cwd, ['check', ...more, '--file', 'conf/hub.yaml']);

test('check says what is known of a locked version, and shows the line of the lock file', async () => {
  lock('4.2.0');
  const { exitCode, stdout } = await check();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/conf\/hub\.lock\.yaml:4:16 warning\s+Version 4\.2\.0 has a known fault/);
  expect(stdout).toContain('  4 |       version: 4.2.0');
  expect(stdout).toContain('charts update jupyterhub');
});

test('it concerns the environments with that chart alone', async () => {
  lock('4.2.0');
  expect((await check('local')).stdout).toContain('is right');
  expect((await check('training')).stdout).toContain('known fault');
});

test('a locked version without fault needs no words', async () => {
  lock('4.4.0');
  expect((await check()).stdout).toContain('is right: 2 environments');
});

test('a lock file that is none is a mistake', async () => {
  writeFileSync(join(cwd, 'conf', 'hub.lock.yaml'), 'nonsense\n');
  const { exitCode, stdout } = await check();
  expect(exitCode).toBe(2);
  expect(stdout).toContain('conf/hub.lock.yaml:1:1 error');
});
