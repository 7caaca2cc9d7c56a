import { UserError } from '../../../errors.ts';
import { defaults } from './defaults.ts';
import type { Settings } from './settings.ts';

/** These say which cloud, not what it is. */
const selectors: ReadonlySet<string> = new Set([
  'OS_CLOUD',
  'OS_REGION_NAME',
  'OS_CLIENT_CONFIG_FILE',
  'OS_CLIENT_SECURE_FILE',
  'OS_CLOUD_NAME',
]);

/** What OpenStack's own tests set. */
const notOurs = /^OS_(?:TEST|STD|LOG)/;

/** What the cloud that the environment describes is called. */
export function environmentCloudName(env: NodeJS.ProcessEnv): string {
  return env['OS_CLOUD_NAME'] ?? 'envvars';
}

/** The cloud that `OS_AUTH_URL` and the like describe: one more beside those of the files, over which it has no say. */
function environmentCloud(env: NodeJS.ProcessEnv): Settings | undefined {
  const names = Object.keys(env).filter((name) => name.startsWith('OS_') && !notOurs.test(name));
  if (names.every((name) => selectors.has(name))) return undefined;
  const settings = names.map((name) => [name.slice('OS_'.length).toLowerCase(), env[name]] as const);
  return { ...defaults, ...Object.fromEntries(settings) };
}

/** The clouds that there are, with that of the environment. */
export function withEnvironment(
  clouds: Settings,
  env: NodeJS.ProcessEnv,
  files: readonly string[],
): Settings {
  const name = environmentCloudName(env);
  if (name in clouds)
    throw new UserError({
      what: `A cloud is named ${name}, which is also the name of the one that your OS_* variables describe.`,
      where: files.join(', '),
      fix: `Give one of them another name: in the file, or with \`export OS_CLOUD_NAME=from-environment\`.`,
      exitCode: 2,
    });
  const cloud = environmentCloud(env);
  return cloud ? { ...clouds, [name]: cloud } : clouds;
}
