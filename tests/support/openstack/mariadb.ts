import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Processes } from '../cluster/processes.ts';
import { socketOf } from './config.ts';

const programs = ['mariadbd', 'mariadb', 'mariadb-install-db'] as const;
type Program = (typeof programs)[number];

export type Mariadb = Readonly<Record<Program, string>>;

/** Debian's MariaDB; the server is not on everybody's PATH. undefined: it is not all there. */
export function findMariadb(): Mariadb | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  const found = programs.map((name) => [
    name,
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  ]);
  return found.every(([, path]) => path !== undefined) ? (Object.fromEntries(found) as Mariadb) : undefined;
}

const user = `--user=${userInfo().username}`;

export async function makeDataFolder(mariadb: Mariadb, folder: string): Promise<void> {
  await promisify(execFile)(mariadb['mariadb-install-db'], [
    '--no-defaults',
    user,
    `--datadir=${join(folder, 'mariadb')}`,
    '--innodb-log-file-size=16M',
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
}

/** Starts the server over the data folder in that folder; its socket, in the same, is all that leads to it. */
export async function startMariadb(mariadb: Mariadb, processes: Processes, folder: string): Promise<void> {
  await processes.start('mariadbd', mariadb.mariadbd, [
    '--no-defaults',
    user,
    `--datadir=${join(folder, 'mariadb')}`,
    `--socket=${socketOf(folder)}`,
    '--skip-networking',
    '--character-set-server=utf8mb3',
    '--innodb-buffer-pool-size=64M',
    '--innodb-log-file-size=16M',
    // The data does not outlive the run.
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--performance-schema=OFF',
  ]);
  await processes.waitFor('mariadbd', () => sql(mariadb, folder, 'mysql', 'SELECT 1'));
}

/** @returns the rows, columns with tabs between them. */
export async function sql(
  mariadb: Mariadb,
  folder: string,
  database: string,
  statement: string,
): Promise<string> {
  const words = ['--no-defaults', '--user=root', `--socket=${socketOf(folder)}`, '--skip-column-names'];
  const { stdout } = await promisify(execFile)(mariadb.mariadb, [
    ...words,
    database,
    `--execute=${statement}`,
  ]);
  return stdout;
}
