import { readFile, readdir, readlink } from 'node:fs/promises';

export interface Found {
  readonly pid: number;
  readonly command: string;
}

/**
 * The processes that work in that folder, or have it in their environment or arguments: a hub and what it starts know
 * their state folder, a server its home. By way of /proc (proc(5)), so nothing is found elsewhere than on Linux.
 */
export async function processesOf(folder: string): Promise<Found[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => look(pid, folder)));
  return found.filter((one) => one !== undefined);
}

async function look(pid: number, folder: string): Promise<Found | undefined> {
  if (pid === process.pid) return undefined;
  // Those of other users cannot be read, and are not ours.
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [environment, words, cwd] = await Promise.all([
    read('environ'),
    read('cmdline'),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ]);
  if (![environment, words, cwd].some((text) => text.includes(folder))) return undefined;
  return { pid, command: words.split('\0').join(' ').trim() };
}

export function endAll(processes: readonly Found[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
