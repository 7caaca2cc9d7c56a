import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parts } from '../support/parts.ts';
import { repo } from './checkout.ts';

// How tests/parts/build.sh keeps what it builds, with a `go` that builds an empty program in half a second.
const go = `#!/bin/sh
case $1 in
  env) echo "\${FAKE_GO:-go1.26.8}" ;;
  build)
    echo "$@" >>"$FAKE_LOG"
    for last; do [ "\${previous:-}" != -o ] || out=$last; previous=$last; done
    touch "\${out}half"
    sleep 0.5
    touch "\${out}helm" ;;
esac
`;

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hubwright-parts-'));
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin', 'go'), go, { mode: 0o755 });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

describe('tests/parts/build.sh', () => {
  test('builds once, also when two ask at the same time', async () => {
    const both = await Promise.all([build(), build()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(builds()).toBe(1);
    expect(await build()).toMatchObject({ code: 0, text: '' });
    expect(existsSync(join(folder(), 'helm'))).toBe(true);
  });

  test('never leaves half a part in its place', async () => {
    const { child, done } = start();
    while (builds() === 0) await sleep(10);
    process.kill(-child.pid!, 'SIGKILL');
    await done;
    expect(readdirSync(cache()).filter((entry) => entry.startsWith('helm3-'))).not.toContain(partName());
    expect((await build()).code).toBe(0);
    expect(builds()).toBe(2);
    expect(existsSync(join(folder(), 'helm'))).toBe(true);
  });

  test('says what it needs where Go is too old', async () => {
    const { code, text } = await build({ FAKE_GO: 'go1.9.7' });
    expect(code).toBe(3);
    expect(text).toMatch(/^helm3 needs Go 1\.26\.0 or newer; .*\/go is 1\.9\.7\n$/);
  });

  test('knows no other names', async () => {
    expect(await build({}, 'helm5')).toMatchObject({ code: 2 });
  });
});

test('a part that is not built is named with the command for it', async () => {
  vi.stubEnv('XDG_CACHE_HOME', home);
  vi.stubEnv('HUBWRIGHT_BUILD_PARTS', undefined);
  expect(await parts('helm3', 'etcd')).toEqual({ missing: 'not built: tests/parts/build.sh helm3 etcd' });
});

const cache = (): string => join(home, 'hubwright', 'parts');

/** As its go.mod pins it. */
function partName(): string {
  const text = readFileSync(join(repo, 'tests', 'parts', 'helm3', 'go.mod'), 'utf8');
  return `helm3-${/helm\.sh\/helm\/v3 (\S+)/.exec(text)?.[1]}`;
}

const folder = (): string => join(cache(), partName());

function builds(): number {
  const log = join(home, 'log');
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
}

function build(env = {}, part = 'helm3') {
  return start(env, part).done;
}

function start(env = {}, part = 'helm3') {
  const child = spawn(join(repo, 'tests', 'parts', 'build.sh'), [part], {
    env: {
      ...process.env,
      PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
      XDG_CACHE_HOME: home,
      FAKE_LOG: join(home, 'log'),
      ...env,
    },
    detached: true,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const done = new Promise<{ code: number | null; text: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
  return { child, done };
}
