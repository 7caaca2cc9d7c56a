import { isMap, own } from './merge.ts';
import type { PlainMap } from './merge.ts';
import type { PartChecker, PartResult } from './parts.ts';
import type { Finding, Path } from './problem.ts';
import { profileRules } from './rules/index.ts';
import type { View } from './rules/rule.ts';
import { accounts, oidc } from './schema/auth.ts';
import { dnsLabel } from './schema/common.ts';
import { environment } from './schema/environment.ts';
import { profile } from './schema/profiles.ts';
import type { Profile } from './schema/profiles.ts';
import { wrongKey } from './shape/keys.ts';
import { type UnknownKey, unknownKey } from './shape/unknown-keys.ts';
import { covers, findingsOf } from './zod-problems.ts';

/** An environment after the schema looked at its parts. */
interface CheckedEnvironment {
  readonly view: View;
  /** What the schema says. */
  readonly findings: readonly Finding[];
  /** What the rules about profiles say. */
  readonly ofProfiles: readonly Finding[];
}

interface ToCheck {
  readonly name: string;
  readonly merged: PlainMap;
  readonly parts: PartChecker;
  readonly written: (path: Path) => string | undefined;
  /** Findings of the profile rules, by the profile: shared between environments like the profiles themselves. */
  readonly ofProfile: Map<Profile, readonly Finding[]>;
}

type Sections = Omit<typeof environment.shape, 'profiles'>;

/** Checks each part of a merged environment against the schema. */
export function checkEnvironment(work: ToCheck): CheckedEnvironment {
  const unknown = unknownSections(work);
  const findings: Finding[] = unknown.map(({ finding }) => finding);
  const settings: Record<string, unknown> = {};
  for (const key of Object.keys(environment.shape) as (keyof Sections | 'profiles')[]) {
    if (key === 'profiles') continue;
    const value = own(work.merged, key);
    const result = work.parts.check(environment.shape[key], value);
    if (result.issues.length > 0) findings.push(...explain(work, result, [key]));
    const usable = result.usable ?? (key === 'auth' ? usableAuth(work, value) : undefined);
    if (usable !== undefined) settings[key] = usable;
  }
  const { profiles, complete, ofProfiles } = checkProfiles(work, findings);
  if (complete) settings['profiles'] = Object.fromEntries(profiles);
  const view: View = {
    name: work.name,
    settings,
    profiles,
    hasAllProfiles: complete,
    merged: work.merged,
  };
  // A section that was meant by another name is not missing as well.
  const isMeant = ({ code, path }: Finding): boolean =>
    code === 'missing' && unknown.some(({ meant }) => meant !== undefined && covers(meant, path));
  return { view, findings: findings.filter((finding) => !isMeant(finding)), ofProfiles };
}

function explain(work: ToCheck, result: PartResult, at: Path): Finding[] {
  return findingsOf(result.issues, { root: environment, at, value: work.merged, written: work.written });
}

function unknownSections({ merged }: ToCheck): UnknownKey[] {
  const unknown = Object.keys(merged).filter((key) => !Object.hasOwn(environment.shape, key));
  return unknown.map((key) => unknownKey({ root: environment, at: [], key, value: merged[key] }));
}

/** Accounts can be looked at although the other way to log in is wrong, and the other way round. */
function usableAuth({ parts }: ToCheck, value: unknown): unknown {
  if (!isMap(value)) return undefined;
  const usable: Record<string, unknown> = {};
  for (const [key, schema] of [
    ['accounts', accounts],
    ['oidc', oidc],
  ] as const) {
    const written = own(value, key);
    const result = written === undefined ? undefined : parts.check(schema, written);
    if (result?.usable !== undefined) usable[key] = result.usable;
  }
  return usable;
}

function checkProfiles(
  work: ToCheck,
  findings: Finding[],
): { profiles: Map<string, Profile>; complete: boolean; ofProfiles: Finding[] } {
  const profiles = new Map<string, Profile>();
  const ofProfiles: Finding[] = [];
  const written = own(work.merged, 'profiles');
  if (!isMap(written)) {
    findings.push(...explain(work, work.parts.check(environment.shape.profiles, written), ['profiles']));
    return { profiles, complete: false, ofProfiles };
  }
  let complete = true;
  for (const [name, value] of Object.entries(written)) {
    const at: Path = ['profiles', name];
    if (Object.hasOwn(profile.shape, name) && !isMap(value)) {
      findings.push(slippedField(name));
      complete = false;
      continue;
    }
    const isName = work.parts.check(dnsLabel, name).issues.length === 0;
    if (!isName) findings.push(wrongKey(at));
    const result = work.parts.check(profile, value);
    if (result.issues.length > 0) findings.push(...explain(work, result, at));
    complete &&= isName && result.usable !== undefined;
    if (result.usable === undefined) continue;
    profiles.set(name, result.usable as Profile);
    for (const finding of profileFindings(work, result.usable as Profile)) {
      ofProfiles.push({ ...finding, path: [...at, ...finding.path] });
    }
  }
  return { profiles, complete, ofProfiles };
}

/** A field with too little indentation looks like one more profile. */
function slippedField(name: string): Finding {
  return {
    code: 'slipped-field',
    severity: 'error',
    path: ['profiles', name],
    at: 'key',
    message: `\`${name}\` is a field of a profile, and here it stands among the names of profiles`,
    fix: 'Indent it by two more spaces, below the name of its profile.',
  };
}

function profileFindings({ ofProfile }: ToCheck, one: Profile): readonly Finding[] {
  let found = ofProfile.get(one);
  if (found === undefined) {
    found = profileRules.flatMap((rule) => rule(one));
    ofProfile.set(one, found);
  }
  return found;
}
