import { fingerprint } from '../fingerprint.ts';
import type { LimitsBy, LocalSystem, ProfilesFile } from './settings.ts';

/** What only the machine can tell. */
interface ProfileFacts {
  readonly homes: string;
  readonly limits: LimitsBy;
  /** The interpreter of each Python set by its id. */
  readonly pythons: Readonly<Record<string, string>>;
  readonly materials: { readonly folder: string; readonly mode: 'mount' | 'link' } | undefined;
}

/** `settings/profiles.json` for this system on this machine. */
export function profilesFile(system: LocalSystem, facts: ProfileFacts): ProfilesFile {
  const materials =
    system.materials && facts.materials ? { ...facts.materials, name: system.materials.name } : null;
  return {
    version: 1,
    homes: facts.homes,
    defaultUrl: system.defaultUrl,
    limits: facts.limits,
    materials,
    profiles: system.profiles.map((profile) => {
      const python = facts.pythons[profile.slug] ?? facts.pythons['hub'] ?? '';
      const { cpu, memory, commands, environment } = profile;
      return {
        ...profile,
        python,
        fingerprint: fingerprint({ cpu, memory, commands, environment, python, materials }),
      };
    }),
  };
}
