import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../src/adapters/cache.ts';
import { findInstaller, install } from '../../../src/adapters/local/installer.ts';
import { type Interpreter, findInterpreter } from '../../../src/adapters/local/interpreter.ts';
import { sharedPaths } from '../../../src/adapters/local/paths.ts';
import { waitForLock } from '../../../src/adapters/lock.ts';
import { Processes } from '../cluster/processes.ts';
import { repo } from '../hubwright.ts';
import { type Service, configOf, services } from './config.ts';
import { type Mariadb, findMariadb, makeDataFolder, sql, startMariadb } from './mariadb.ts';

/** What has been set up once, for each run to start from. */
export interface Prepared {
  /** The Python environment of the services. */
  readonly venv: string;
  /** Database and keys, to be copied. */
  readonly state: string;
  readonly mariadb: Mariadb;
}

export const partFolder = join(repo, 'tests', 'parts', 'openstack');
const lock = join(partFolder, 'requirements.lock');

/** Who may do everything, made with the database. */
export const adminPassword = 'of the administrator';

/**
 * The services and their empty databases, set up once in the user's cache. `npm run test:all` sets
 * HUBWRIGHT_BUILD_PARTS and so sets up what is not there; other runs only use what is.
 *
 * @returns in `missing` why there is nothing and what to do, for `context.skip`. @throws Error where setting up fails.
 */
export async function prepareOpenstack(): Promise<Prepared | { readonly missing: string }> {
  const mariadb = findMariadb();
  if (!mariadb) return { missing: 'no MariaDB (apt-get install mariadb-server-core mariadb-client-core)' };
  const interpreter = await findInterpreter(undefined, repo, process.env);
  const [, minor = 0] = interpreter.version.split('.').map(Number);
  if (minor < 11) return { missing: `OpenStack needs Python 3.11 or newer; this is ${interpreter.version}` };
  const folder = join(cacheFolder(process.env), `openstack-${await digestFor(interpreter)}`);
  const prepared = { venv: join(folder, 'venv'), state: join(folder, 'state'), mariadb };
  const mark = join(folder, 'complete');
  if (!existsSync(mark) && !process.env['HUBWRIGHT_BUILD_PARTS'])
    return { missing: 'OpenStack is not set up: `npm run test:all -- --project openstack` does it' };
  const held = await waitForLock(`${folder}.lock`, 'setting up OpenStack for tests', () => undefined);
  try {
    if (!existsSync(mark)) {
      await rm(folder, { recursive: true, force: true });
      await setUp(prepared, interpreter);
      await writeFile(mark, '');
    }
  } finally {
    await held.release();
  }
  return prepared;
}

/** Of all that what is set up depends on. */
async function digestFor({ path, version }: Interpreter): Promise<string> {
  const files = [lock, import.meta.filename, join(import.meta.dirname, 'mariadb.ts')];
  const texts = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256').update(`${version}\n${path}\n`);
  for (const text of texts) hash.update(text);
  return hash.digest('hex').slice(0, 16);
}

async function setUp(prepared: Prepared, interpreter: Interpreter): Promise<void> {
  const report = (text: string): void => void process.stderr.write(`OpenStack for tests: ${text}\n`);
  const begun = performance.now();
  const source = { shared: sharedPaths(process.env), wheels: undefined, report: () => undefined };
  report('installing packages');
  await mkdir(prepared.state, { recursive: true, mode: 0o700 });
  const installer = await findInstaller(interpreter, source);
  await install(installer, { ...source, interpreter, folder: prepared.venv, locks: [lock] });
  report('making the databases');
  const processes = await Processes.inTemporaryFolder();
  try {
    await makeState(prepared, processes);
  } finally {
    await processes.stop();
  }
  report(`set up in ${Math.round((performance.now() - begun) / 1000)} s`);
}

/** Databases with their tables and an administrator, keys and certificates: all in `state`. */
async function makeState({ venv, state, mariadb }: Prepared, processes: Processes): Promise<void> {
  const { folder } = processes;
  await makeKeys(join(folder, 'keys'));
  await makeDataFolder(mariadb, folder);
  await startMariadb(mariadb, processes, folder);
  const setting = { folder, venv, ports: { keystone: 0, neutron: 0, octavia: 0 }, password: '' };
  const manage = async (service: Service, program: string, ...words: string[]): Promise<void> => {
    const config = join(folder, `${service}.conf`);
    await writeFile(config, configOf(service, setting));
    const all = ['--config-file', config, ...words];
    await promisify(execFile)(join(venv, 'bin', program), all, { maxBuffer: 100e6 });
  };
  for (const service of services) await sql(mariadb, folder, 'mysql', `CREATE DATABASE ${service}`);
  await Promise.all([
    (async () => {
      await manage('keystone', 'keystone-manage', 'db_sync');
      await manage('keystone', 'keystone-manage', 'bootstrap', '--bootstrap-password', adminPassword);
      await manage('octavia', 'octavia-db-manage', 'upgrade', 'head');
    })(),
    manage('neutron', 'neutron-db-manage', 'upgrade', 'heads'),
  ]);
  await sql(mariadb, folder, 'mysql', 'SHUTDOWN');
  await processes.ended('mariadbd');
  await cp(join(folder, 'mariadb'), join(state, 'mariadb'), { recursive: true });
  await cp(join(folder, 'keys'), join(state, 'keys'), { recursive: true });
}

/** Keystone's, which seal tokens and secrets, and the authority with which Octavia makes certificates for its machines. */
async function makeKeys(folder: string): Promise<void> {
  for (const kind of ['fernet', 'credential']) {
    await mkdir(join(folder, kind), { recursive: true, mode: 0o700 });
    // The next one and the one in use.
    for (const name of ['0', '1']) {
      const key = randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
      await writeFile(join(folder, kind, name), key, { mode: 0o600 });
    }
  }
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-days', '3650', '-subj', '/CN=hubwright test'];
  const files = ['-keyout', join(folder, 'ca.key'), '-out', join(folder, 'ca.pem')];
  await promisify(execFile)('openssl', [...words, '-passout', 'pass:of a test', ...files]);
}
