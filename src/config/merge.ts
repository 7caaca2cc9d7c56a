import type { Path } from './problem.ts';

export type PlainMap = Readonly<Record<string, unknown>>;

/** Who wrote a value: the environment itself, `defaults`, or (a map) both of them. */
type Origin = 'environment' | 'defaults' | 'both';

/** Keys of which only one makes sense; an environment that writes one drops the inherited others. */
const alternativesAt: Readonly<Record<string, readonly string[]>> = {
  auth: ['accounts', 'oidc'],
  https: ['letsEncrypt', 'secretName', 'files'],
};

/** A secret reference has one source, wherever it stands. */
const secretSources: readonly string[] = ['fromEnv', 'fromFile', 'fromSops'];

/** Whether it is a map as YAML knows it. */
export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key of a map; never something inherited from Object. */
export function own(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isMap(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const key of path) current = own(current, key);
  return current;
}

/**
 * Lays an environment over `defaults`: maps merge by key, lists and single values replace, `null` removes, and of
 * alternatives only the chosen one stays. Neither argument is changed, and what the environment does not touch is
 * the very object that `defaults` has: later steps look at each such object once.
 */
export function mergeEnvironment(defaults: unknown, environment: unknown): PlainMap {
  const base = withoutNulls(defaults);
  return mergeMaps(isMap(base) ? base : {}, isMap(environment) ? environment : {}, []);
}

/** The value without the keys whose value is `null`; the same object if there are none. */
export function withoutNulls(value: unknown, path: Path = []): unknown {
  if (!isMap(value) || !holdsNull(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    const kept = keepsNulls(path) ? child : withoutNulls(child, [...path, key]);
    if (kept !== null || keepsNulls(path)) result[key] = kept;
  }
  return result;
}

/** Looks without copying: nearly every map has none, and keeps its identity. */
function holdsNull(map: PlainMap): boolean {
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === null || (isMap(value) && holdsNull(value))) return true;
  }
  return false;
}

/** Whether the environment or `defaults` wrote the value that a merged environment has at a path. */
export function originOf(defaults: unknown, environment: unknown, path: Path): Origin | undefined {
  let base = defaults;
  let over = environment;
  for (const key of path) {
    base = own(base, key);
    over = own(over, key);
    if (over === undefined) return base === undefined || base === null ? undefined : 'defaults';
    if (!isMap(over) || !isMap(base)) return over === null ? undefined : 'environment';
  }
  return 'both';
}

function mergeMaps(base: PlainMap, over: PlainMap, path: Path): PlainMap {
  const result: Record<string, unknown> = {};
  const dropped = droppedAlternatives(over, path);
  for (const key of Object.keys(base)) {
    if (Object.hasOwn(over, key)) setMerged(result, key, base[key], over[key], path);
    else if (!dropped.includes(key)) result[key] = base[key];
  }
  for (const key of Object.keys(over)) {
    if (!Object.hasOwn(base, key)) setMerged(result, key, undefined, over[key], path);
  }
  return result;
}

function setMerged(
  result: Record<string, unknown>,
  key: string,
  base: unknown,
  over: unknown,
  path: Path,
): void {
  if (over === null && !keepsNulls(path)) return;
  const here = [...path, key];
  result[key] = isMap(base) && isMap(over) ? mergeMaps(base, over, here) : withoutNulls(over, here);
}

/** Helm itself gives `null` a meaning in its values: drop what the chart sets. It is passed on. */
function keepsNulls(path: Path): boolean {
  return path[0] === 'helmValues' && path.length > 1;
}

function droppedAlternatives(over: PlainMap, path: Path): readonly string[] {
  if (path[0] === 'helmValues') return [];
  const last = path.length === 1 ? path[0] : undefined;
  const group =
    typeof last === 'string' && Object.hasOwn(alternativesAt, last) ? alternativesAt[last] : secretSources;
  const chosen = (group ?? []).filter((key) => own(over, key) !== undefined && own(over, key) !== null);
  return chosen.length === 0 ? [] : (group ?? []);
}
