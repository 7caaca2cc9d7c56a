import { format } from './format.ts';
import { type Settings, authOf, written } from './settings.ts';

/**
 * The ways in which the same thing can be written, made one: openstacksdk's `magic_fixes`, in its order, because each
 * builds on what the one before has left.
 */
export function fixSettings(settings: Settings, where: string): Settings {
  const fixes = [oneTimeout, oneAuthType, oneAuth, oneInterface, sharedDomains, booleans];
  const fixed = fixes.reduce((before, fix) => fix(before), settings);
  const auth = authOf(fixed);
  const url = auth['auth_url'];
  return typeof url === 'string'
    ? { ...fixed, auth: { ...auth, auth_url: format(url, fixed, where) } }
    : fixed;
}

/** Old clients had a time-out for each service; there is one for all. */
function oneTimeout(settings: Settings): Settings {
  const old = Object.keys(settings).filter(
    (key) => key.endsWith('timeout') && key !== 'timeout' && key !== 'api_timeout',
  );
  const fixed = without(settings, old);
  const value = settings[old.at(-1) ?? ''];
  return value === undefined || value === null ? fixed : { ...fixed, api_timeout: value };
}

function oneAuthType(settings: Settings): Settings {
  const { auth_plugin, auth_type = auth_plugin, ...rest } = settings;
  return { ...rest, auth_type };
}

/** Each with the other ways to write it; of several the last counts, and beside `auth` counts before within it. */
const authKeys: Readonly<Record<string, readonly string[]>> = {
  domain_id: ['domain_id', 'domain-id'],
  domain_name: ['domain_name', 'domain-name'],
  user_domain_id: ['user_domain_id', 'user-domain-id'],
  user_domain_name: ['user_domain_name', 'user-domain-name'],
  project_domain_id: ['project_domain_id', 'project-domain-id'],
  project_domain_name: ['project_domain_name', 'project-domain-name'],
  token: ['auth-token', 'auth_token', 'token'],
  passcode: ['passcode'],
  project_id: ['tenant_id', 'tenant-id', 'project_id', 'project-id'],
  project_name: ['tenant_name', 'tenant-name', 'project_name', 'project-name'],
};

function oneAuth(settings: Settings): Settings {
  const auth = { ...authOf(settings) };
  const all = Object.values(authKeys).flat();
  const found = Object.entries(authKeys).flatMap(([key, ways]) => {
    const last = ways.flatMap((way) => [auth[way], settings[way]]).findLast(isSaid);
    const value = written(last);
    return value ? [[key, value] as const] : [];
  });
  return {
    ...without(settings, all),
    auth: { ...without(auth, all), ...Object.fromEntries(found) },
  };
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function oneInterface(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key.endsWith('endpoint_type') ? key.replace('endpoint_type', 'interface') : key,
      value,
    ]),
  );
}

/** With a project, `domain_*` stands for that of the user and that of the project; without, it is the scope. */
function sharedDomains(settings: Settings): Settings {
  const auth = authOf(settings);
  if (!('project_id' in auth || 'project_name' in auth)) return settings;
  const { domain_id, domain_name, ...rest } = auth;
  const ids = domain_id === undefined ? {} : { user_domain_id: domain_id, project_domain_id: domain_id };
  const names =
    domain_name === undefined ? {} : { user_domain_name: domain_name, project_domain_name: domain_name };
  return { ...settings, auth: { ...ids, ...names, ...rest } };
}

function booleans(settings: Settings): Settings {
  const { insecure } = settings;
  if (insecure === undefined || typeof insecure === 'boolean') return settings;
  return { ...settings, insecure: written(insecure)?.toLowerCase() === 'true' };
}

function without(settings: Settings, keys: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}
