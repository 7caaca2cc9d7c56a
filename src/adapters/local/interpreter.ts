import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { run } from '../processes.ts';

/** A Python that can run the hub. */
export interface Interpreter {
  readonly path: string;
  /** `3.11.7`. */
  readonly version: string;
  readonly hasPip: boolean;
  /** Whether `python -m venv` makes environments with pip in them: Debian packs that apart. */
  readonly hasVenv: boolean;
}

const oldest = [3, 10] as const;
const usualNames = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python',
];

const question = `
import json, sys, importlib.util as u
print(json.dumps({"path": sys.executable, "version": ".".join(map(str, sys.version_info[:3])),
  "hasPip": u.find_spec("pip") is not None,
  "hasVenv": u.find_spec("venv") is not None and u.find_spec("ensurepip") is not None}))`;

/**
 * The Python of the config, of `HUBWRIGHT_PYTHON`, or the first on PATH that is new enough.
 *
 * @throws UserError when there is none; it names those that are too old.
 */
export async function findInterpreter(
  wanted: string | undefined,
  configFolder: string,
  env: NodeJS.ProcessEnv,
): Promise<Interpreter> {
  const named = wanted === undefined ? env['HUBWRIGHT_PYTHON'] : resolve(configFolder, wanted);
  if (named !== undefined && named !== '') return namedInterpreter(named);
  const tooOld: string[] = [];
  for (const name of usualNames) {
    const found = await ask(name);
    if (found && isNewEnough(found)) return found;
    if (found) tooOld.push(`${name} is ${found.version}`);
  }
  const seen = tooOld.length === 0 ? 'there is no python3 on PATH' : tooOld.join(', ');
  throw new UserError({
    what: `No Python 3.10 or newer was found: ${seen}.`,
    fix: 'Install one (Debian and Ubuntu: `sudo apt-get install python3 python3-venv`), or name it with `local.python` in hub.yaml.',
  });
}

async function namedInterpreter(path: string): Promise<Interpreter> {
  const found = await ask(path);
  if (found && isNewEnough(found)) return found;
  throw new UserError({
    what: found
      ? `This Python is ${found.version}; 3.10 or newer is needed.`
      : 'This is not a Python that runs.',
    where: path,
    fix: 'Correct `local.python` in hub.yaml (or HUBWRIGHT_PYTHON), or leave it out to use the first on PATH.',
    exitCode: 2,
  });
}

async function ask(program: string): Promise<Interpreter | undefined> {
  const { ok, stdout } = await run(program, ['-E', '-c', question], { timeoutSeconds: 20 });
  if (!ok) return undefined;
  try {
    return JSON.parse(stdout) as Interpreter;
  } catch {
    return undefined;
  }
}

function isNewEnough({ version }: Interpreter): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}
