import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { inCache } from '../cache.ts';
import { makeFolder, readIfThere } from '../files.ts';
import { type RunResult, lastLines, run } from '../processes.ts';
import type { Interpreter } from './interpreter.ts';
import type { SharedPaths } from './paths.ts';

/** What puts packages into an environment. uv is about seven times as fast as pip, and needs no `venv` module. */
type Installer = { readonly kind: 'uv'; readonly program: string } | { readonly kind: 'pip' };

interface Source {
  readonly shared: SharedPaths;
  /** Folder of wheels to install from, instead of the network. */
  readonly wheels: string | undefined;
  readonly report: (text: string) => void;
}

/**
 * uv from PATH, from the tool's cache, or from PyPI; else pip.
 *
 * @throws UserError when this Python has neither pip nor venv and there is no uv.
 */
export async function findInstaller(interpreter: Interpreter, source: Source): Promise<Installer> {
  if ((await run('uv', ['--version'], { timeoutSeconds: 20 })).ok) return { kind: 'uv', program: 'uv' };
  const uv = await cachedUv(interpreter, source);
  if (uv !== undefined) return { kind: 'uv', program: uv };
  if (interpreter.hasVenv) return { kind: 'pip' };
  throw new UserError({
    what: 'This Python can make no environments: it has no venv module, and uv could not be had.',
    where: interpreter.path,
    fix: 'Install the module (Debian and Ubuntu: `sudo apt-get install python3-venv`), or uv (https://docs.astral.sh/uv).',
  });
}

/** The pinned uv in the tool's cache, put there on first use. undefined when it cannot be had. */
async function cachedUv(interpreter: Interpreter, source: Source): Promise<string | undefined> {
  const lock = join(source.shared.runtime, 'uv.lock.txt');
  const version = (await readIfThere(lock))?.match(/^uv==([0-9.]+)/m)?.[1];
  if (version === undefined || !(interpreter.hasPip || interpreter.hasVenv)) return undefined;
  const folder = join(source.shared.tools, `uv-${version}`);
  const program = join(folder, 'bin', 'uv');
  if ((await run(program, ['--version'])).ok) return program;
  source.report('getting uv, which installs Python packages fast');
  const draft = `${folder}.${randomBytes(4).toString('hex')}`;
  await makeFolder(dirname(folder), inCache);
  const done = await pipInstall(await pipOf(interpreter, draft), ['--target', draft, '-r', lock], source);
  if (!done.ok) {
    await rm(draft, { recursive: true, force: true });
    return undefined;
  }
  await rm(folder, { recursive: true, force: true });
  // A second first run may have been faster: its uv is as good.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  await rm(`${draft}.venv`, { recursive: true, force: true });
  return program;
}

/** A Python with pip: the interpreter itself, or a passing environment made with it. */
async function pipOf(interpreter: Interpreter, draft: string): Promise<string> {
  if (interpreter.hasPip) return interpreter.path;
  await run(interpreter.path, ['-E', '-m', 'venv', `${draft}.venv`]);
  return join(`${draft}.venv`, 'bin', 'python');
}

function pipInstall(python: string, args: readonly string[], source: Source): Promise<RunResult> {
  const offline = source.wheels === undefined ? [] : ['--no-index', '--find-links', source.wheels];
  const flags = [
    // The user's PYTHONPATH is for the user's programs: pip would take what it finds there for installed.
    '-E',
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--quiet',
    '--no-deps',
    '--require-hashes',
    '--only-binary',
    ':all:',
  ];
  // Without a network pip tries for minutes by default.
  const env = { PIP_RETRIES: '1', PIP_TIMEOUT: '15', PIP_ROOT_USER_ACTION: 'ignore' };
  return run(python, [...flags, ...offline, ...args], { env, privately: true });
}

/**
 * Makes an environment in `folder` with the packages of the locks, each checked against its hash.
 *
 * @throws UserError with the installer's last lines.
 */
export async function install(
  installer: Installer,
  options: Source & {
    readonly interpreter: Interpreter;
    readonly folder: string;
    readonly locks: readonly string[];
  },
): Promise<void> {
  const result = await (installer.kind === 'uv' ? withUv(installer.program, options) : withPip(options));
  if (!result.ok) throw explain(result, options);
}

type Options = Parameters<typeof install>[1];

// A lock names every package, so that nothing is resolved: `--no-deps`. Ours leaves some out on purpose (runtime/overrides.txt).
async function withUv(
  program: string,
  { interpreter, folder, locks, wheels, report }: Options,
): Promise<RunResult> {
  // The user's uv settings must not move the environment or bring another Python.
  const env = { UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1', UV_NO_CONFIG: '1', VIRTUAL_ENV: folder };
  const made = await run(program, ['venv', '--quiet', '--python', interpreter.path, folder], {
    env,
    privately: true,
  });
  if (!made.ok) return made;
  const offline = wheels === undefined ? [] : ['--no-index', '--find-links', wheels];
  const requirements = locks.flatMap((lock) => ['-r', lock]);
  return run(program, ['pip', 'install', '--no-deps', '--require-hashes', ...offline, ...requirements], {
    env,
    privately: true,
    onLine: (line) => report(line),
  });
}

async function withPip(options: Options): Promise<RunResult> {
  const { interpreter, folder, locks, report } = options;
  const made = await run(interpreter.path, ['-E', '-m', 'venv', folder], { privately: true });
  if (!made.ok) return made;
  report('installing with pip');
  return pipInstall(
    join(folder, 'bin', 'python'),
    locks.flatMap((lock) => ['-r', lock]),
    options,
  );
}

const noNetwork =
  /dns error|resolve|connection|connect error|network is unreachable|timed? ?out|max retries|proxyerror|request failed/i;
const noSpace = /no space left|os error 28|disk quota/i;
const notThere = /no matching distribution|not found in|no solution found/i;
const otherHash = /hash mismatch|do not match the hashes/i;
const noHash = /must have a hash|hashes are required/i;

/** The command that fills a folder with wheels. With uv among them an install without a network is fast too. */
function download({
  shared,
  interpreter,
  locks,
  wheels,
}: Pick<Options, 'shared' | 'interpreter' | 'locks' | 'wheels'>): string {
  const files = [...locks, join(shared.runtime, 'uv.lock.txt')].map((lock) => `-r ${lock}`).join(' ');
  return `${interpreter.path} -m pip download --no-deps --require-hashes --only-binary :all: ${files} -d ${wheels}`;
}

function explain(result: RunResult, options: Options): UserError {
  const { shared, interpreter, locks, wheels, folder } = options;
  const details = lastLines(result.output, 15).join('\n');
  const problem = { where: result.command, details };
  if (noSpace.test(result.output)) {
    return new UserError({
      ...problem,
      what: 'The disk is full: the Python packages could not be installed, and nothing of them was kept.',
      where: folder,
      fix: 'About 300 MB are needed there. Free some room, or name another folder with `HUBWRIGHT_DATA=/some/folder`.',
    });
  }
  if (otherHash.test(result.output)) {
    return new UserError({
      ...problem,
      what: 'A Python package is not the one that its lock file names. Nothing is half installed.',
      where: locks.at(-1),
      fix: 'If it was changed on purpose, lock it anew (`uv pip compile --generate-hashes`); if not, find out who changed it before you use it.',
    });
  }
  if (noHash.test(result.output)) {
    return new UserError({
      ...problem,
      what: 'A lock file names a Python package without its hash.',
      where: locks.at(-1),
      fix: 'Make the file anew with `uv pip compile --generate-hashes`.',
    });
  }
  if (wheels !== undefined && notThere.test(result.output)) {
    return new UserError({
      ...problem,
      what: 'The folder of wheels lacks a package, or holds another build of it.',
      where: wheels,
      fix: `Fill it where there is a network: \`${download({ shared, interpreter, locks, wheels })}\`.`,
    });
  }
  if (noNetwork.test(result.output)) {
    return new UserError({
      ...problem,
      what: 'The Python package registry cannot be reached. Nothing is half installed.',
      fix: 'Look at the network (behind a proxy: set `https_proxy`), then run the command again. Without a network: `local.wheels` names a folder of wheels.',
    });
  }
  return new UserError({
    ...problem,
    what: 'The Python packages could not be installed. Nothing is half installed.',
    fix: 'The last lines of the installer are below. When the cause is mended, run the command again.',
  });
}
