import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError, messageOf } from '../../errors.ts';
import type { PythonSet } from '../../platform/local/settings.ts';
import type { PythonSetState } from '../../plan/local/observed.ts';
import { draftOf, draftsOf, errorCode, explainWrite, makeFolder, readJson, writeWhole } from '../files.ts';
import { waitForLock } from '../lock.ts';
import { findInstaller, install } from './installer.ts';
import type { Interpreter } from './interpreter.ts';
import type { SharedPaths } from './paths.ts';

/** A folder with an interpreter and the packages of one set. */
interface PythonEnvironment extends PythonSetState {
  readonly folder: string;
  readonly locks: readonly string[];
}

interface Where {
  readonly shared: SharedPaths;
  readonly interpreter: Interpreter;
  /** Folder of the config file: relative paths in it count from there. */
  readonly configFolder: string;
}

/** Written when all is there: a folder without it is a half-finished install and is never used. */
const completeMark = 'complete.json';

/**
 * Where the packages of that set are or will be: a folder named by the digest of its locks, so that environments with
 * the same locks share it.
 *
 * @throws UserError when a profile's lock cannot be read.
 */
export async function pythonEnvironment(set: PythonSet, where: Where): Promise<PythonEnvironment> {
  const locks = [join(where.shared.runtime, 'requirements.lock')];
  if (set.requirements !== undefined) locks.push(resolve(where.configFolder, set.requirements));
  const digest = createHash('sha256').update(`${where.interpreter.version}\n${where.interpreter.path}\n`);
  for (const lock of locks) digest.update(await readLock(lock, set));
  const folder = join(where.shared.python, digest.digest('hex').slice(0, 16));
  const installed = (await readJson(join(folder, completeMark))) !== undefined;
  return { folder, locks, python: join(folder, 'bin', 'python'), installed };
}

async function readLock(path: string, set: PythonSet): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UserError({
      what: `The Python requirements of profile ${set.id} cannot be read.`,
      where: path,
      fix:
        errorCode(error) === 'ENOENT'
          ? `Make the file: \`uv pip compile --generate-hashes requirements.in -o ${path}\`, or correct \`profiles.${set.id}.local.requirements\`.`
          : messageOf(error),
      exitCode: 2,
    });
  }
}

type Installing = Where & { readonly wheels: string | undefined; readonly report: (text: string) => void };

/**
 * Installs the set, once: a second process that wants the same waits for the first.
 *
 * @throws UserError that says what is missing: a network, room on the disk, a package that fits.
 */
export async function installPythonSet(set: PythonSet, options: Installing): Promise<void> {
  const { shared, report } = options;
  const environment = await pythonEnvironment(set, options);
  await makeFolder(shared.python);
  const lock = await waitForLock(`${environment.folder}.lock`, 'installing Python packages', () =>
    report('another hubwright installs the same packages: waiting for it'),
  );
  try {
    if ((await pythonEnvironment(set, options)).installed) return;
    await installAfresh(environment, options);
  } finally {
    await lock.release();
  }
}

/**
 * Each try has a folder of its own, and a link leads to the one that was finished: when Hubwright is killed, the
 * installer that it started may go on for a while, and must not meet the next one.
 */
async function installAfresh(environment: PythonEnvironment, options: Installing): Promise<void> {
  const { folder, locks } = environment;
  const { interpreter } = options;
  for (const path of [...(await draftsOf(folder)), folder]) await removeIfPossible(path);
  if (options.wheels !== undefined) await mustBeThere(options.wheels);
  const own = draftOf(folder);
  try {
    const installer = await findInstaller(interpreter, options);
    await install(installer, { ...options, folder: own, locks });
    // uv leaves its lock behind, open to everybody whatever the umask says.
    await rm(join(own, '.lock'), { force: true });
    const mark = { python: interpreter.version, installer: installer.kind, locks };
    await writeWhole(join(own, completeMark), JSON.stringify(mark));
    await symlink(basename(own), `${own}.link`);
    await rename(`${own}.link`, folder);
  } catch (error) {
    await removeIfPossible(own);
    throw explainWrite(error, folder);
  }
}

async function mustBeThere(wheels: string): Promise<void> {
  if (
    await stat(wheels).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    return;
  throw new UserError({
    what: 'The folder of wheels is not there.',
    where: wheels,
    fix: `Make it and fill it with wheels, or correct \`local.wheels\` in hub.yaml.`,
    exitCode: 2,
  });
}

async function removeIfPossible(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
