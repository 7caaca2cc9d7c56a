import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { course } from '../environment.ts';
import { runIn } from './run.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hubwright-on-this-machine-'));
  const lines = course.replaceAll(/^(?=.)/gm, '    ');
  writeFileSync(join(cwd, 'hub.yaml'), `name: course\nenvironments:\n  local:\n    target: local\n${lines}`);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const noWayIn = ['no load balancer leads to it', '`hubwright status local` says where it is'] as const;
const noCertificate = ['it has no certificate', 'Name an environment with `target: kubernetes`'] as const;
const noNodes = ['it has no nodes', 'Name an environment with `target: kubernetes`'] as const;

test.for([
  ['addresses local', ...noWayIn],
  ['addresses local attach', ...noWayIn],
  ['addresses local release', ...noWayIn],
  ['certificates local', ...noCertificate],
  ['certificates local watch', ...noCertificate],
  ['certificates local issue', ...noCertificate],
  ['certificates local save', ...noCertificate],
  ['certificates local restore', ...noCertificate],
  ['certificates local promote', ...noCertificate],
  ['nodes local', ...noNodes],
  ['nodes local scale workers --max 3', ...noNodes],
  ['nodes local flavor workers l3.large', ...noNodes],
  ['capacity local', ...noNodes],
  ['capacity local --offline', ...noNodes],
] as const)('`%s` says that there is none on this machine, and what to do', async ([typed, what, fix]) => {
  const { exitCode, stdout, stderr } = await runIn(cwd, typed.split(' '));
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`local runs on this machine: ${what}`);
  expect(stderr).toContain(fix);
});

test('the doctor looks at what there is on this machine', async () => {
  const { exitCode, stdout } = await runIn(cwd, ['doctor', 'local'], {
    env: { HUBWRIGHT_DATA: join(cwd, 'data') },
  });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('local: nothing wrong found')]);
});
