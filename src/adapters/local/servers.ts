import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../errors.ts';
import type { ProcessIdentity, RunningServer } from '../../ports.ts';
import { isAlive, terminate } from '../processes.ts';

/** A person's server as the hub's database has it: the spawner writes it down before the server does anything. */
interface KnownServer extends ProcessIdentity {
  readonly user: string;
  readonly profile: string | undefined;
  readonly fingerprint: string | undefined;
  /** ISO 8601. */
  readonly started: string | undefined;
  /** By what its limits are set, as `runtime/hubwright_hub/limits.py` understands it. */
  readonly limits: { readonly mode?: string };
}

/** The servers that run, whether a hub does or not. */
export async function runningServers(database: string): Promise<RunningServer[]> {
  const alive = await aliveServers(database);
  return alive.map(({ user, profile, fingerprint, started, limits }) => ({
    user,
    profile,
    fingerprint,
    started,
    lastActivity: undefined,
    ready: true,
    limited: limits.mode !== undefined,
  }));
}

/**
 * Ends the servers that this environment started, side by side: everybody's, or those of the people who are named.
 *
 * @returns the limits of those that had some: what servers left behind may still run in them.
 */
export async function stopServers(
  database: string,
  graceSeconds: number,
  names?: readonly string[],
): Promise<KnownServer['limits'][]> {
  const known = knownServers(database).filter(({ user }) => names === undefined || names.includes(user));
  await Promise.all(known.map((server) => terminate(server, graceSeconds)));
  return known.map(({ limits }) => limits).filter(({ mode }) => mode !== undefined);
}

/**
 * Bytes of memory in use by that person's server and everything it started; undefined where it cannot be told.
 * Resident memory from /proc (proc(5)): pages that processes share count more than once.
 */
export async function memoryOf(database: string, user: string): Promise<number | undefined> {
  const leader = knownServers(database).find((server) => server.user === user);
  if (!leader || process.platform !== 'linux') return undefined;
  const processes = await allProcesses();
  const family = new Set([leader.pid]);
  // By parent and not by session: each kernel leads a session of its own.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => family.has(pid)).reduce((sum, one) => sum + one.resident, 0);
}

/** From proc(5)'s status, which counts in kB and not in pages: those differ in size from kernel to kernel. */
async function allProcesses(): Promise<{ pid: number; parent: number; resident: number }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')));
  return texts.flatMap((text, index) => {
    const parent = /^PPid:\s+(\d+)$/m.exec(text)?.[1];
    // A zombie has no memory any more.
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? '0';
    return parent === undefined
      ? []
      : [{ pid: Number(pids[index]), parent: Number(parent), resident: Number(kilobytes) * 1024 }];
  });
}

async function aliveServers(database: string): Promise<KnownServer[]> {
  const known = knownServers(database);
  const alive = await Promise.all(known.map(isAlive));
  return known.filter((_, index) => alive[index]);
}

interface Row {
  readonly name: string;
  readonly state: string | null;
  readonly started: string | null;
}

function knownServers(path: string): KnownServer[] {
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const query = database.prepare(
      'select users.name, spawners.state, spawners.started from spawners join users on users.id = spawners.user_id order by users.name',
    );
    return (query.all() as unknown as Row[]).flatMap(knownServer);
  } catch (error) {
    // A hub that was ended while it made its tables has started no server.
    if (error instanceof Error && error.message.includes('no such table')) return [];
    throw isDamage(error) ? damaged(path, error) : error;
  } finally {
    database.close();
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}

function damaged(path: string, cause: unknown): UserError {
  return new UserError({
    what: "The hub's database is damaged.",
    where: path,
    fix: `Restore it from a backup, or move it away (\`mv ${path} ${path}.damaged\`): the next \`hubwright up\` makes a new one. Homes and initial passwords stay; passwords that people chose are lost, and servers that still run are no longer known.`,
    cause,
  });
}

function knownServer({ name, state, started }: Row): KnownServer[] {
  const known = JSON.parse(state ?? '{}') as {
    pid?: number;
    started?: string;
    profile?: string;
    fingerprint?: string;
    limits?: KnownServer['limits'];
  };
  if (!known.pid || !known.started) return [];
  return [
    {
      user: name,
      pid: known.pid,
      startTime: known.started,
      profile: known.profile,
      fingerprint: known.fingerprint,
      limits: known.limits ?? {},
      // The hub writes UTC without saying so.
      started: started === null ? undefined : `${started.replace(' ', 'T')}Z`,
    },
  ];
}
