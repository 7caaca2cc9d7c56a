import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Each program of that name on PATH, in its order. */
export async function* programsOnPath(name: string, env: NodeJS.ProcessEnv): AsyncGenerator<string> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isProgram(path))) yield path;
  }
}

export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
