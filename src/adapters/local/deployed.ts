import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, readJson } from '../files.ts';
import { observeDaemon } from './daemons.ts';
import { dataFolder, statePaths } from './paths.ts';

export interface Deployed {
  /** `name` of the file. */
  readonly deployment: string;
  readonly environment: string;
}

/** The environments that were last deployed here from that config file, whatever stands in it by now. */
export async function deployedFrom(configFile: string, env: NodeJS.ProcessEnv): Promise<Deployed[]> {
  const all = await allDeployed(env);
  const origins = await Promise.all(all.map((one) => originOf(one, env)));
  return all.filter((_, index) => origins[index] === configFile);
}

/** The environment whose proxy that process is, with the file that it was last deployed from. */
export async function environmentOfProxy(
  pid: number,
  env: NodeJS.ProcessEnv,
): Promise<(Deployed & { readonly file: string | undefined }) | undefined> {
  for (const one of await allDeployed(env)) {
    const { proxyRecord, proxyLog } = statePaths(env, one.deployment, one.environment);
    const proxy = await observeDaemon({ record: proxyRecord, log: proxyLog });
    if (proxy.state === 'running' && proxy.process.pid === pid)
      return { ...one, file: await originOf(one, env) };
  }
  return undefined;
}

async function originOf(
  { deployment, environment }: Deployed,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const origin = await readJson(statePaths(env, deployment, environment).origin);
  return (origin as { file?: string } | undefined)?.file;
}

async function allDeployed(env: NodeJS.ProcessEnv): Promise<Deployed[]> {
  const root = join(dataFolder(env), 'environments');
  const all: Deployed[] = [];
  for (const deployment of await foldersIn(root)) {
    for (const environment of await foldersIn(join(root, deployment))) all.push({ deployment, environment });
  }
  return all;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
