import { symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findInterpreter } from '../../src/adapters/local/interpreter.ts';
import { sharedPaths } from '../../src/adapters/local/paths.ts';
import { installPythonSet, pythonEnvironment } from '../../src/adapters/local/python.ts';
import { type Sandbox, sharedPython } from './hubwright.ts';

const set = { id: 'hub', requirements: undefined };

/**
 * Makes a Python that says of the machine that it can neither mount read-only nor enforce limits, whatever it can; all
 * else it does as the real one, with the packages that are installed once for all tests. For a sandbox with `ownPython`.
 *
 * @returns its path, for `local.python`.
 */
export async function pythonWithoutMounts(box: Sandbox): Promise<string> {
  const real = await findInterpreter(undefined, box.folder, process.env);
  const path = await box.write('python-without-mounts', wrapper(real.path), 0o755);
  const where = { shared: { ...sharedPaths(process.env), python: sharedPython }, configFolder: box.folder };
  await installPythonSet(set, { ...where, interpreter: real, wheels: undefined, report: () => undefined });
  const installed = await pythonEnvironment(set, { ...where, interpreter: real });
  const own = join(box.data, 'python');
  await mkdir(own, { mode: 0o700 });
  const wanted = await pythonEnvironment(set, {
    ...where,
    shared: { ...where.shared, python: own },
    interpreter: { ...real, path },
  });
  symlinkSync(installed.folder, wanted.folder);
  return path;
}

function wrapper(real: string): string {
  const answer = { limits: 'none', limitsReason: 'a test', readOnlyMounts: false, mountsReason: 'a test' };
  return `#!/bin/sh
case "$*" in
  *capabilities.py) echo '${JSON.stringify(answer)}' ;;
  *sys.executable*) '${real}' "$@" | sed "s|\\"path\\": \\"[^\\"]*\\"|\\"path\\": \\"$0\\"|" ;;
  *) exec '${real}' "$@" ;;
esac
`;
}
