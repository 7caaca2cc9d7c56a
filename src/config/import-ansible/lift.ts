import { Blank, isSettings } from './types.ts';
import type { Settings, Tree } from './types.ts';

/** What goes under `defaults`, and what is left of each environment. Merged again they are what they were, in the same order. */
export interface Lifted {
  readonly defaults: Settings;
  readonly environments: readonly Settings[];
}

/**
 * Lifts what all environments share. Left alone on purpose: what belongs to one place in the world (`kubernetes`, `address`,
 * `https`) and `auth.oidc`, because a `local` environment inherits the defaults and could not use them.
 */
export function lift(environments: readonly Settings[]): Lifted {
  const whole = liftKeys(environments, (key) => ['contactEmail', 'materials', 'charts'].includes(key));
  const auth = liftAuth(environments);
  const profiles = liftProfiles(environments.map((environment) => settingsAt(environment, 'profiles') ?? {}));
  const defaults: Settings = {
    ...whole.common,
    ...(auth === undefined ? {} : { auth: { accounts: auth.common } }),
    ...(isEmpty(profiles.common) ? {} : { profiles: profiles.common }),
  };
  const rest = whole.rests.map((environment, index): Settings => {
    const { auth: ownAuth, profiles: ownProfiles, ...others } = environment;
    const restAuth = auth === undefined ? ownAuth : nested('accounts', auth.rests[index]);
    const restProfiles = isEmpty(profiles.common) ? ownProfiles : profiles.rests[index];
    return {
      ...others,
      ...(restAuth === undefined || isEmpty(restAuth) ? {} : { auth: restAuth }),
      ...(restProfiles === undefined || (isEmpty(restProfiles) && !isEmpty(profiles.common))
        ? {}
        : { profiles: restProfiles }),
    };
  });
  return { defaults, environments: rest };
}

/** What an environment of which nothing is known needs beside the defaults. */
export function withoutInherited(environment: Settings, defaults: Settings): Settings {
  const entries = Object.entries(environment).filter(([key, value]) => {
    if (value instanceof Blank || isEqual(value, defaults[key]))
      return value instanceof Blank && !(key in defaults);
    return !(['auth', 'profiles', 'contactEmail'].includes(key) && key in defaults);
  });
  return Object.fromEntries(entries);
}

interface Split {
  readonly common: Settings;
  readonly rests: readonly Settings[];
}

/** Splits maps into the entries that are equal in all of them, and what is left of each. */
function liftKeys(maps: readonly Settings[], allowed: (key: string) => boolean = () => true): Split {
  const [first, ...others] = maps;
  const same = Object.entries(first ?? {}).filter(
    ([key, value]) => allowed(key) && others.every((other) => isEqual(value, other[key])),
  );
  const names = new Set(same.map(([key]) => key));
  return { common: Object.fromEntries(same), rests: maps.map((map) => without(map, names)) };
}

function liftAuth(environments: readonly Settings[]): Split | undefined {
  const accounts = environments.map((environment) =>
    settingsAt(settingsAt(environment, 'auth') ?? {}, 'accounts'),
  );
  if (accounts.some((one) => one === undefined)) return undefined;
  const split = liftKeys(accounts.filter((one) => one !== undefined));
  const nothingKnown = Object.values(split.common).every((value) => value instanceof Blank);
  return nothingKnown && !split.rests.every(isEmpty) ? undefined : split;
}

/**
 * Lifts the profiles that all environments begin with, so that merging keeps their order: people see it, and the first
 * one counts where none is the default.
 */
function liftProfiles(all: readonly Settings[]): Split {
  const [first] = all;
  const common: Record<string, Tree> = {};
  const rests = all.map((): Record<string, Tree> => ({}));
  let isLifting = true;
  for (const [index, key] of Object.keys(first ?? {}).entries()) {
    const versions = all.map((profiles) =>
      Object.keys(profiles)[index] === key ? settingsAt(profiles, key) : undefined,
    );
    const split = liftKeys(versions.filter((version) => version !== undefined));
    isLifting &&= !versions.includes(undefined) && isSameProfile(split);
    if (!isLifting) break;
    common[key] = split.common;
    for (const [at, rest] of split.rests.entries())
      if (!isEmpty(rest) && rests[at] !== undefined) rests[at][key] = rest;
  }
  for (const [at, profiles] of all.entries())
    Object.assign(rests[at] ?? {}, without(profiles, new Set(Object.keys(common))));
  return { common, rests };
}

/** The same name, and more in common than not: else two half profiles would be harder to read than two whole ones. */
function isSameProfile({ common, rests }: Split): boolean {
  const different = new Set(rests.flatMap((rest) => Object.keys(rest)));
  return common['displayName'] !== undefined && Object.keys(common).length >= different.size;
}

function settingsAt(settings: Settings, key: string): Settings | undefined {
  const value = settings[key];
  return isSettings(value) ? value : undefined;
}

function nested(key: string, settings: Settings | undefined): Settings | undefined {
  return settings === undefined || isEmpty(settings) ? undefined : { [key]: settings };
}

function without(settings: Settings, names: ReadonlySet<string>): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !names.has(key)));
}

function isEmpty(tree: Tree): boolean {
  return isSettings(tree) && Object.keys(tree).length === 0;
}

function isEqual(a: Tree, b: Tree | undefined): boolean {
  if (a instanceof Blank || b instanceof Blank)
    return a instanceof Blank && b instanceof Blank && a.hint === b.hint;
  if (isList(a) || isList(b)) {
    return (
      isList(a) && isList(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]))
    );
  }
  if (!isSettings(a) || !isSettings(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => isEqual(a[key] ?? new Blank(''), b[key]))
  );
}

function isList(tree: Tree | undefined): tree is readonly Tree[] {
  return Array.isArray(tree);
}
