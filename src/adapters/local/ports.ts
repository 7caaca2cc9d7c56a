import { readFile, readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Whether somebody could listen there now. */
export function isFree(port: number, address = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port that nobody uses now, chosen by the operating system. */
export function anyFreePort(address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: address }, () => {
      const found = server.address();
      server.close(() =>
        found && typeof found === 'object' ? resolve(found.port) : reject(new Error('no port')),
      );
    });
  });
}

/** The port of before if it is ours or free, else a new one. */
export async function keepPort(port: number | undefined, ours: boolean): Promise<number> {
  return port !== undefined && (ours || (await isFree(port))) ? port : anyFreePort();
}

/** The first free port from there on. */
export async function firstFreePort(from: number, address: string): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    if (await isFree(port, address)) return port;
  }
  return anyFreePort(address);
}

/** Who listens on that port, in words: `python3 -m http.server (process 1234)`. */
export async function holderOf(port: number): Promise<string> {
  const pid = await listenerPid(port).catch(() => undefined);
  if (pid === undefined) return 'another process';
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const command = words
    .split('\0')
    .filter((word) => word !== '')
    .join(' ');
  const short = command.length > 80 ? `${command.slice(0, 80)}…` : command;
  return short === '' ? `process ${pid}` : `\`${short}\` (process ${pid})`;
}

/** The process that listens there. */
export async function listenerPid(port: number): Promise<number | undefined> {
  const sockets = await listening(port);
  if (sockets.length === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await hasOpen(pid, sockets)) return Number(pid);
  }
  return undefined;
}

/** Whether it is that process which listens there. Where there is no /proc it is believed. */
export async function listensOn(pid: number, port: number): Promise<boolean> {
  return process.platform !== 'linux' || hasOpen(pid, await listening(port));
}

/** The sockets on which somebody listens on that port, by way of /proc/net/tcp (proc(5)). */
async function listening(port: number): Promise<string[]> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  return rows
    .filter((row) => row[1]?.endsWith(`:${hex}`) && row[3] === '0A')
    .map((row) => `socket:[${row[9]}]`);
}

async function hasOpen(pid: string | number, sockets: readonly string[]): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  );
  return links.some((link) => sockets.includes(link));
}
