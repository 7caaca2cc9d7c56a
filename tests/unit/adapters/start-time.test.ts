import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { psStartTime, run } from '../../../src/adapters/processes.ts';
import { repo } from '../../support/hubwright.ts';

let folder: string;
let daemon: ChildProcess | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hubwright-start-time-'))));
afterEach(() => {
  daemon?.kill();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** As `runtime/daemon.sh` writes it down where there is no /proc. */
async function asDaemonWrites(zone: string): Promise<{ pid: number; startTime: string }> {
  const program = join(folder, 'daemon.sh');
  const text = readFileSync(join(repo, 'runtime', 'daemon.sh'), 'utf8');
  writeFileSync(program, text.replaceAll('/proc/', '/nowhere/'));
  const record = join(folder, 'record.json');
  daemon = spawn('sh', [program, record, 'settings', '8000', 'sleep', '30'], {
    env: { ...process.env, TZ: zone },
  });
  await vi.waitUntil(() => existsSync(record));
  return JSON.parse(readFileSync(record, 'utf8')) as { pid: number; startTime: string };
}

function asCommandReads(pid: number, zone: string): Promise<string | undefined> {
  vi.stubEnv('TZ', zone);
  return psStartTime(pid);
}

function asHubReads(pid: number, zone: string): string {
  const script = 'import sys, identity; print(identity._ps_start_time(int(sys.argv[1])))';
  return execFileSync('python3', ['-c', script, String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, TZ: zone, PYTHONPATH: join(repo, 'runtime', 'hubwright_hub') },
  }).trim();
}

describe('where `ps` tells it, daemon.sh, the hub and the commands write the same start time', () => {
  test('in every time zone', async (context) => {
    if ((await run('ps', ['-p', String(process.pid)])).missing) context.skip('no ps');
    const { pid, startTime } = await asDaemonWrites('Asia/Tokyo');
    expect(startTime).toMatch(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/);
    expect(await asCommandReads(pid, 'America/Lima')).toBe(startTime);
    expect(asHubReads(pid, 'Europe/Athens')).toBe(startTime);
  });

  test('in every language, and with a `ps` that takes what follows an equals sign for a heading', async () => {
    const english = 'Mon Nov 23 09:00:00 2026';
    const script = `#!/bin/sh
      text='lun. 23 nov. 10:00:00 2026'
      [ "$LC_ALL $TZ" != 'C UTC0' ] || text='${english}'
      case "$*" in
        '-o lstart= -p '*) echo "  $text  " ;;
        '-o stat= -o lstart= -p '*) echo "Ss   $text" ;;
        *) echo ',lstart='; echo Ss ;;
      esac`;
    writeFileSync(join(folder, 'ps'), script);
    chmodSync(join(folder, 'ps'), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
    vi.stubEnv('LC_ALL', 'C.UTF-8');
    const { pid, startTime } = await asDaemonWrites('Europe/Paris');
    expect([startTime, await asCommandReads(pid, 'Europe/Paris'), asHubReads(pid, 'Europe/Paris')]).toEqual([
      english,
      english,
      english,
    ]);
  });

  test('a process that has ended and was not looked at yet has none', async () => {
    writeFileSync(join(folder, 'ps'), `#!/bin/sh\necho 'Z+   Mon Nov 23 09:00:00 2026'\n`);
    chmodSync(join(folder, 'ps'), 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
    expect(await psStartTime(1)).toBeUndefined();
  });
});
