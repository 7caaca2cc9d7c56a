import { listedAccounts } from '../../config/accounts.ts';
import type { Environment } from '../../config/schema/environment.ts';
import type { Profile } from '../../config/schema/profiles.ts';
import { durationSeconds, memoryBytes } from '../../config/units.ts';
import { oidcProvider } from '../oidc.ts';
import { prometheusSettings } from './prometheus.ts';
import type { HubSettings, LocalSystem, ProfileSettings, PythonSet } from './settings.ts';

/** What the environment needs on this machine: the settings of the hub, its people and its profiles. */
export function compileLocal(environment: Environment): LocalSystem {
  const { auth, local, materials } = environment;
  const profiles = Object.entries(environment.profiles);
  const chosen = profiles.find(([, profile]) => profile.default)?.[0] ?? profiles[0]?.[0];
  return {
    hub: hubSettings(environment),
    defaultUrl: environment.hub.defaultUrl,
    profiles: profiles.map(([slug, profile]) => profileSettings(slug, profile, slug === chosen)),
    pythonSets: pythonSets(profiles),
    accounts: auth.accounts && listedAccounts(auth.accounts),
    materials:
      materials?.folder === undefined
        ? undefined
        : { folder: materials.folder, name: lastPart(materials.mountPath) },
    prometheus: prometheusSettings(environment),
    bind: { address: local.bindAddress, port: local.port },
  };
}

function hubSettings(environment: Environment): HubSettings {
  const { culling, hub } = environment;
  return {
    version: 1,
    title: environment.deployment,
    environment: environment.name,
    contactEmail: environment.contactEmail ?? null,
    auth: authSettings(environment),
    culling:
      typeof culling === 'object'
        ? {
            timeout: durationSeconds(culling.timeout),
            every: durationSeconds(culling.every),
            concurrency: culling.concurrency,
            maxAge: culling.maxAge === undefined ? 0 : durationSeconds(culling.maxAge),
          }
        : null,
    hub: {
      startTimeout: durationSeconds(hub.startTimeout),
      httpTimeout: durationSeconds(hub.httpTimeout),
      concurrentSpawnLimit: hub.concurrentSpawnLimit,
      consecutiveFailureLimit: hub.consecutiveFailureLimit,
      initSpawnersTimeout: durationSeconds(hub.initSpawnersTimeout),
      activityResolution: durationSeconds(hub.activityResolution),
      lastActivityInterval: durationSeconds(hub.lastActivityInterval),
      activityInterval: durationSeconds(hub.activityInterval),
    },
  };
}

function authSettings({ auth }: Environment): HubSettings['auth'] {
  if (auth.oidc) {
    const { clientId, adminGroups, allowedGroups } = auth.oidc;
    return { kind: 'oidc', clientId, ...oidcProvider(auth.oidc), adminGroups, allowedGroups };
  }
  return { kind: 'accounts', minimumPasswordLength: auth.accounts?.minimumPasswordLength ?? 8 };
}

function profileSettings(slug: string, profile: Profile, isDefault: boolean): ProfileSettings {
  return {
    slug,
    displayName: profile.displayName,
    description: profile.description,
    default: isDefault,
    cpu: { guarantee: profile.cpu.guarantee ?? null, limit: profile.cpu.limit ?? null },
    memory: { guarantee: bytes(profile.memory.guarantee), limit: bytes(profile.memory.limit) },
    commands: profile.commands,
    environment: profile.environment,
  };
}

function pythonSets(profiles: readonly (readonly [string, Profile])[]): PythonSet[] {
  const own = profiles.flatMap(([id, profile]) => {
    const requirements = profile.local?.requirements;
    return requirements === undefined ? [] : [{ id, requirements }];
  });
  return [{ id: 'hub', requirements: undefined }, ...own];
}

function bytes(size: string | number | undefined): number | null {
  return size === undefined ? null : memoryBytes(size);
}

function lastPart(path: string): string {
  return path.split('/').findLast((part) => part !== '') ?? 'materials';
}
