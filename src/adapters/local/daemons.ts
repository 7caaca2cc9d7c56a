import { type ChildProcess, spawn } from 'node:child_process';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { Daemon } from '../../plan/local/observed.ts';
import type { ProcessIdentity } from '../../ports.ts';
import { systemClock } from '../clock.ts';
import { explainWrite, makeFolder, readIfThere, readJson } from '../files.ts';
import { isAlive, lastLines, terminate } from '../processes.ts';
import { holderOf, listensOn } from './ports.ts';

/** What `runtime/daemon.sh` writes before it becomes the program. */
interface Record extends ProcessIdentity {
  readonly startedWith: string;
  readonly since: string;
  /** Missing where an older Hubwright wrote it. */
  readonly port?: number;
}

interface DaemonFiles {
  /** Which process it is. */
  readonly record: string;
  readonly log: string;
}

/** A log is moved aside when it has grown past this; one older one is kept. */
const largestLog = 10 * 1024 * 1024;

export async function observeDaemon({ record, log }: DaemonFiles): Promise<Daemon> {
  const found = (await readJson(record)) as Record | undefined;
  if (!found) return { state: 'stopped' };
  if (await isAlive(found)) {
    return {
      state: 'running',
      process: { pid: found.pid, startTime: found.startTime },
      since: found.since,
      startedWith: found.startedWith,
      port: found.port ?? 0,
    };
  }
  return crashed({ record, log });
}

/** What is said of one that does not do its work any more. */
export async function crashed({ log }: DaemonFiles): Promise<Daemon> {
  return { state: 'crashed', lastLines: lastLines((await readIfThere(log)) ?? '', 10), log };
}

/** Ends it if it runs, and forgets it. */
export async function stopDaemon({ record }: DaemonFiles, graceSeconds: number): Promise<void> {
  const found = (await readJson(record)) as Record | undefined;
  if (found) await terminate(found, graceSeconds);
  await rm(record, { force: true });
}

interface Start extends DaemonFiles {
  readonly runtime: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly startedWith: string;
  /** On which it is going to listen. */
  readonly port: number;
}

/**
 * Starts a program that outlives this one. The program itself writes down which process it is, before it does
 * anything: were we to do it, a kill between start and writing would leave a process that nobody knows.
 */
export async function startDaemon(start: Start): Promise<ProcessIdentity> {
  await Promise.all([dirname(start.record), dirname(start.log)].map((path) => makeFolder(path)));
  await rotate(start.log);
  const log = await open(start.log, 'a', 0o600).catch((error: unknown) => {
    throw explainWrite(error, start.log);
  });
  try {
    const wrapper = join(start.runtime, 'daemon.sh');
    const child = spawn(
      'sh',
      [wrapper, start.record, start.startedWith, String(start.port), ...start.command],
      {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        cwd: start.cwd,
        env: start.env,
      },
    );
    child.unref();
    return await recorded(start, child);
  } finally {
    await log.close();
  }
}

async function rotate(log: string): Promise<void> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > largestLog) await rename(log, `${log}.1`);
}

async function recorded({ record, log }: DaemonFiles, child: ChildProcess): Promise<ProcessIdentity> {
  for (let tries = 0; tries < 500; tries++) {
    const ended = child.exitCode !== null;
    const found = (await readJson(record)) as Record | undefined;
    if (found && found.pid === child.pid) return { pid: found.pid, startTime: found.startTime };
    if (ended) break;
    await systemClock.sleep(10);
  }
  throw await failed({ record, log, name: basename(record, '.json') }, 'could not be started');
}

/**
 * Waits until the daemon answers.
 *
 * @throws UserError with its last log lines when it ends or the time is up.
 */
export async function waitUntil(
  isUp: () => Promise<boolean>,
  daemon: DaemonFiles & {
    readonly identity: ProcessIdentity;
    readonly name: string;
    readonly seconds: number;
    readonly port: number;
  },
): Promise<void> {
  const until = Date.now() + daemon.seconds * 1000;
  while (Date.now() < until) {
    if (await isUp()) return refuseStranger(daemon);
    if (!(await isAlive(daemon.identity))) throw await failed(daemon, 'has stopped right after its start');
    await systemClock.sleep(50);
  }
  throw await failed(daemon, `does not answer after ${daemon.seconds} s`);
}

/** Another program may have taken the port since it was chosen, and it is that one which answers. */
async function refuseStranger({
  identity,
  name,
  port,
  ...files
}: DaemonFiles & { identity: ProcessIdentity; name: string; port: number }): Promise<void> {
  if (await listensOn(identity.pid, port)) return;
  await stopDaemon(files, 10);
  throw new UserError({
    what: `The ${name} cannot listen: port ${port} has just been taken by ${await holderOf(port)}.`,
    where: files.log,
    fix: 'Run `hubwright up` again: it finds another, unless the file names this one.',
  });
}

/** Whether somebody speaks HTTP there, whatever the answer is. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function failed({ name, log }: DaemonFiles & { name: string }, what: string): Promise<UserError> {
  const full = await isFull(dirname(log));
  return new UserError({
    what: `The ${name} ${what}${full ? ': the disk is full' : ''}.`,
    where: log,
    fix: full
      ? 'Free some room there, then run `hubwright up` again: it continues where it stopped.'
      : `The last lines of its log are below. When the cause is mended, run \`hubwright up\` again.`,
    details: lastLines((await readIfThere(log)) ?? '', 12).join('\n'),
  });
}

/** Too full to make a database: a program that ends for that often cannot write it into its log. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < 256 * 1024;
}
