import { valueAt } from '../merge.ts';
import type { PlainMap } from '../merge.ts';
import type { Finding, Path } from '../problem.ts';
import type { EnvironmentSettings } from '../schema/environment.ts';
import type { Profile } from '../schema/profiles.ts';

/** One merged environment as the rules see it: every part that is valid, even when other parts are not. */
export interface View {
  readonly name: string;
  readonly settings: Partial<EnvironmentSettings>;
  /** The profiles that are valid, by name. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Whether a rule about all profiles can trust `profiles`. */
  readonly hasAllProfiles: boolean;
  /** What is written, before the schema filled in what is not. */
  readonly merged: PlainMap;
}

/** Looks at an environment. */
export type Rule = (view: View) => readonly Finding[];

/** Looks at one profile, whatever environment it is in; paths count from the profile. */
export type ProfileRule = (profile: Profile) => readonly Finding[];

/** Looks at the environments side by side. */
export type FileRule = (
  views: readonly View[],
) => readonly { readonly environment: string; readonly finding: Finding }[];

interface Words {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
  readonly at?: 'key' | 'value';
}

/** A finding that keeps the environment from being used. */
export function error({ at = 'value', ...words }: Words): Finding {
  return { ...words, at, severity: 'error' };
}

/** A finding that is worth knowing. */
export function warning({ at = 'value', ...words }: Words): Finding {
  return { ...words, at, severity: 'warning' };
}

/** Whether something is written at a path, in the environment or in `defaults`. */
export function isWritten(view: View, ...path: Path): boolean {
  return valueAt(view.merged, path) !== undefined;
}
