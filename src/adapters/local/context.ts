import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import type { HubFile } from '../../plan/local/actions.ts';
import type { ProfilesFile } from '../../platform/local/settings.ts';
import type { HubApi } from '../../ports.ts';
import { readJson } from '../files.ts';
import { hubApi } from '../hub/api.ts';
import { type Interpreter, findInterpreter } from './interpreter.ts';
import { type SharedPaths, type StatePaths, sharedPaths, statePaths } from './paths.ts';
import { readToken } from './secrets.ts';

/** What the parts of the local adapter share: where things are, and how to ask the hub. */
export interface LocalContext {
  readonly env: NodeJS.ProcessEnv;
  readonly configFile: string;
  readonly configFolder: string;
  readonly paths: StatePaths;
  readonly shared: SharedPaths;
  /** Folder of wheels, absolute. */
  readonly wheels: string | undefined;
  /** Looked for once, when it is needed. */
  readonly interpreter: () => Promise<Interpreter>;
  /** @throws UserError when the environment was never deployed here, or the file is damaged. */
  readonly hubFile: () => Promise<HubFile>;
  readonly profilesFile: () => Promise<ProfilesFile | undefined>;
  readonly hubApi: () => Promise<HubApi>;
}

interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly configFile: string;
  readonly configFolder: string;
  readonly deployment: string;
  readonly environment: string;
  readonly python: string | undefined;
  readonly wheels: string | undefined;
}

export function localContext(options: Options): LocalContext {
  const { env, configFile, configFolder, python, wheels } = options;
  const paths = statePaths(env, options.deployment, options.environment);
  let interpreter: Promise<Interpreter> | undefined;
  const hubFile = async (): Promise<HubFile> => {
    const file = await readHubFile(paths.hubSettings);
    if (file) return file;
    throw new UserError({
      what: 'The settings of the hub are not there, or damaged.',
      where: paths.hubSettings,
      fix: `\`hubwright up ${options.environment}\` writes them again.`,
    });
  };
  return {
    env,
    configFile,
    configFolder,
    paths,
    shared: sharedPaths(env),
    wheels: wheels === undefined ? undefined : resolve(configFolder, wheels),
    interpreter: () => (interpreter ??= findInterpreter(python, configFolder, env)),
    hubFile,
    profilesFile: async () => (await readJson(paths.profilesSettings)) as ProfilesFile | undefined,
    hubApi: async () => {
      const [{ hubPort }, token] = await Promise.all([hubFile(), readToken(paths.secrets, 'service_token')]);
      return hubApi(`http://127.0.0.1:${hubPort}/hub/api`, token);
    },
  };
}

/** The hub's settings as they were written last; undefined when there are none that can be used. */
export async function readHubFile(path: string): Promise<HubFile | undefined> {
  const file = (await readJson(path)) as Partial<HubFile> | null | undefined;
  const usable =
    typeof file?.hubPort === 'number' &&
    URL.canParse(file.publicUrl ?? '') &&
    URL.canParse(file.proxyApiUrl ?? '');
  return usable ? (file as HubFile) : undefined;
}
