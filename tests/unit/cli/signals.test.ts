import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = new URL('../../../src/cli/main.ts', import.meta.url).pathname;

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-signals-'))));
afterEach(() => rmSync(cwd, { recursive: true, maxRetries: 3 }));

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends `up` with exit code %i, while another program works for it', async (signal, code) => {
  writeFileSync(join(cwd, 'python'), '#!/bin/sh\n: > begun\nexec sleep 20\n', { mode: 0o755 });
  writeFileSync(
    join(cwd, 'hub.yaml'),
    `name: course
environments:
  local:
    target: local
    local: { python: python }
    auth: { accounts: { admins: [alex] } }
    profiles: { standard: { displayName: Python, default: true } }
`,
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'up'], {
    cwd,
    env: { PATH: process.env['PATH'], HUBWRIGHT_DATA: cwd },
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  while (!existsSync(join(cwd, 'begun')) && child.exitCode === null) await sleep(20);
  child.kill(signal);
  expect(await once(child, 'close')).toEqual([code, null]);
  expect(said).toBe('Interrupted. `hubwright up local` again continues.\n');
});
