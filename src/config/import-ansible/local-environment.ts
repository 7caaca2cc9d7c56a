import { isSettings } from './types.ts';
import type { Settings } from './types.ts';

/**
 * An environment on this machine, so that the imported file can be tried at once with `hubwright up`. It takes the shared
 * profiles; without any there would be nothing to start, and copies of one environment's would only grow apart from it.
 */
export function localEnvironment(defaults: Settings): Settings | undefined {
  const { profiles, auth } = defaults;
  if (!isSettings(profiles)) return undefined;
  const [first] = Object.keys(profiles);
  const hasDefault = Object.values(profiles).some(
    (profile) => isSettings(profile) && profile['default'] === true,
  );
  return {
    target: 'local',
    ...(auth === undefined
      ? { auth: { accounts: { admins: ['alex'], users: { prefix: 'trainee', count: 3 } } } }
      : {}),
    ...(hasDefault || first === undefined ? {} : { profiles: { [first]: { default: true } } }),
  };
}
