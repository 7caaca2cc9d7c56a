import { readFile, readlink } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { isAlive, startTimeOf } from '../processes.ts';

/** Who holds a lock, as written on it. */
export interface Holder {
  /** `alex@laptop` */
  readonly by: string;
  readonly pid: number;
  readonly startTime: string;
  /** Within which process ids mean the same; undefined where that cannot be told. */
  readonly machine: string | undefined;
  readonly purpose: string;
  /** ISO 8601. */
  readonly since: string;
}

/** This process as a holder. */
export async function thisProcess(purpose: string, since: string): Promise<Holder> {
  const { pid } = process;
  return {
    by: `${userName()}@${hostname()}`,
    pid,
    startTime: (await startTimeOf(pid)) ?? '',
    machine: await machine(),
    purpose,
    since,
  };
}

/** Whether it is sure that the process is gone: only known of processes that this one could see. */
export async function hasDied({ machine: theirs, pid, startTime }: Holder): Promise<boolean> {
  const here = await machine();
  return here !== undefined && theirs === here && startTime !== '' && !(await isAlive({ pid, startTime }));
}

/** The running kernel and the set of process ids within it (a container has its own). */
async function machine(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    // No Linux: two machines may share a name, so nothing is sure.
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user id without an entry in its passwd file.
    return process.env['USER'] ?? 'somebody';
  }
}
