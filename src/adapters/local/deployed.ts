import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, readJson } from '../files.ts';
import { dataFolder, statePaths } from './paths.ts';

export interface Deployed {
  /** `name` of the file. */
  readonly deployment: string;
  readonly environment: string;
}

/** The environments that were last deployed here from that config file, whatever stands in it by now. */
export async function deployedFrom(configFile: string, env: NodeJS.ProcessEnv): Promise<Deployed[]> {
  const root = join(dataFolder(env), 'environments');
  const all: Deployed[] = [];
  for (const deployment of await foldersIn(root)) {
    for (const environment of await foldersIn(join(root, deployment))) all.push({ deployment, environment });
  }
  const origins = await Promise.all(
    all.map(async ({ deployment, environment }) => {
      const origin = await readJson(statePaths(env, deployment, environment).origin);
      return (origin as { file?: string } | undefined)?.file;
    }),
  );
  return all.filter((_, index) => origins[index] === configFile);
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
