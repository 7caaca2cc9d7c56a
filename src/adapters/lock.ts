import { open, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../errors.ts';
import type { Lock, ProcessIdentity } from '../ports.ts';
import { systemClock } from './clock.ts';
import { errorCode, explainWrite, makeFolder, readJson, writeWhole } from './files.ts';
import { isAlive, startTimeOf } from './processes.ts';

interface Holder extends ProcessIdentity {
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  readonly purpose: string;
}

/**
 * Takes the lock of that path, or gives undefined when somebody holds it.
 *
 * The lock is SQLite's own exclusive file lock: the operating system lets go of it when the process dies, however it
 * dies, so that there is no stale lock to break. Node has no `flock` of its own.
 */
export async function tryLock(path: string, purpose: string): Promise<Lock | undefined> {
  const database = await openDatabase(path);
  try {
    // With no journal beside the file, locking writes nothing: it works on a full disk.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw explainOpen(error, path);
  }
  const holder: Holder = {
    pid: process.pid,
    startTime: (await startTimeOf(process.pid)) ?? '',
    host: hostname(),
    since: new Date().toISOString(),
    purpose,
  };
  // Only for those who find it locked. Were it needed, nothing could be stopped any more on a full disk.
  await writeWhole(holderFile(path), JSON.stringify(holder)).catch(() => undefined);
  return {
    release: async () => {
      await rm(holderFile(path), { force: true }).catch(() => undefined);
      database.close();
    },
  };
}

/**
 * Takes the lock, or says who holds it.
 *
 * @throws UserError that names the command, process and time.
 */
export async function lockOrRefuse(path: string, purpose: string, what: string): Promise<Lock> {
  const lock = await tryLock(path, purpose);
  if (lock) return lock;
  const holder = await currentHolder(path);
  throw new UserError({
    what: `${what} is being changed by somebody else.`,
    where: holder
      ? `\`${holder.purpose}\`, process ${holder.pid} on ${holder.host}, since ${holder.since}`
      : 'another hubwright process',
    fix: holder
      ? `Wait until it is done. If it hangs, end it with \`kill ${holder.pid}\`; the next run continues its work.`
      : 'Wait until it is done, then run the command again.',
  });
}

/** Who holds the lock, as far as is written down. Waits for nobody, and takes no lock. */
export async function holderOf(path: string): Promise<Holder | undefined> {
  const holder = (await readJson(holderFile(path))) as Holder | undefined;
  return holder && (holder.host !== hostname() || (await isAlive(holder))) ? holder : undefined;
}

/** Who holds the lock. It writes that down a moment after it has it: until then another's name may stand there. */
async function currentHolder(path: string): Promise<Holder | undefined> {
  for (let tries = 0; tries < 20; tries++) {
    const holder = await holderOf(path);
    if (holder) return holder;
    await systemClock.sleep(50);
  }
  return undefined;
}

/** Waits for the lock. @param onWait called once when somebody else holds it. */
export async function waitForLock(path: string, purpose: string, onWait: () => void): Promise<Lock> {
  for (let tries = 0; ; tries++) {
    const lock = await tryLock(path, purpose);
    if (lock) return lock;
    if (tries === 0) onWait();
    await systemClock.sleep(200);
  }
}

async function openDatabase(path: string): Promise<DatabaseSync> {
  try {
    await makeFolder(dirname(path));
    await createForUser(path);
    return new DatabaseSync(path);
  } catch (error) {
    throw explainOpen(error, path);
  }
}

/**
 * SQLite would make it with the mode that the umask leaves. One that is there is not opened: closing it again would let go
 * of a lock that this process holds on it (fcntl(2)).
 */
async function createForUser(path: string): Promise<void> {
  const created = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  await created?.close();
}

/** SQLite's codes as the system errors they stand for: read-only, full, unable to open. */
const systemErrors: Readonly<Record<number, string>> = { 8: 'EROFS', 13: 'ENOSPC', 14: 'EACCES' };
const notADatabase = 26;

function explainOpen(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'errcode' in error)) return explainWrite(error, path);
  if (error.errcode === notADatabase) {
    return new UserError({
      what: 'The lock file is damaged.',
      where: path,
      fix: `Nothing is lost with it: \`rm ${path}\`, then run the command again.`,
      cause: error,
    });
  }
  const code = systemErrors[Number(error.errcode)];
  return code === undefined ? error : explainWrite(Object.assign(new Error(error.message), { code }), path);
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function holderFile(path: string): string {
  return `${path}.holder.json`;
}
