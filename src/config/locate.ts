import { originOf, own } from './merge.ts';
import type { Finding, Path, Place, Problem } from './problem.ts';
import type { Source } from './source.ts';

/** Knows where each value of one merged environment was written. */
export interface Locator {
  /** Path in the file of a path in the environment; a path that is not written is given as its parent's place. */
  readonly filePath: (path: Path) => Path;
  readonly problem: (finding: Finding) => Problem;
  /** A scalar as it stands in the file. */
  readonly written: (path: Path) => string | undefined;
}

/** A locator for an environment of a file. */
export function locator(source: Source, name: string): Locator {
  const defaults = own(source.value, 'defaults');
  const environment = own(own(source.value, 'environments'), name);
  const filePath = (path: Path): Path =>
    isFrom(defaults, environment, path) === 'defaults'
      ? ['defaults', ...path]
      : ['environments', name, ...path];
  return {
    filePath,
    written: (path) => source.written(filePath(path)),
    problem: ({ code, severity, path, at, message, fix, masked }) => ({
      code,
      severity,
      path: filePath(path),
      message,
      fix,
      place: placeOf(source.place(filePath(path), at), masked === true),
      environments: [name],
      ...(masked === true ? { masked } : {}),
    }),
  };
}

/** How long a secret is, is part of it. */
function placeOf(place: Place, masked: boolean): Place {
  return masked ? { ...place, length: Math.min(place.length ?? 1, 8) } : place;
}

/** Decides by the longest part of the path that is written at all. */
function isFrom(defaults: unknown, environment: unknown, path: Path): 'defaults' | 'environment' {
  if (isRemoved(environment, path)) return 'environment';
  for (let length = path.length; length > 0; length -= 1) {
    const origin = originOf(defaults, environment, path.slice(0, length));
    if (origin === 'defaults' || origin === 'environment') return origin;
    // A map that both wrote: a profile belongs to `defaults`, where it is said once for all environments.
    if (origin === 'both') return path[0] === 'profiles' && length > 1 ? 'defaults' : 'environment';
  }
  return 'environment';
}

function isRemoved(environment: unknown, path: Path): boolean {
  let value = environment;
  for (const key of path) {
    value = own(value, key);
    if (value === null) return true;
  }
  return false;
}

/** The same place and code said once, with all environments that it concerns. In the order of the file. */
export function gathered(problems: readonly Problem[]): Problem[] {
  const byPlace = new Map<string, Problem>();
  for (const problem of problems) {
    const { code, place, message, fix } = problem;
    const key = [code, place.line, place.column, message, fix].join('\n');
    const before = byPlace.get(key);
    const names =
      before === undefined ? problem.environments : [...before.environments, ...problem.environments];
    byPlace.set(key, { ...problem, environments: names.length > 1 ? [...new Set(names)] : names });
  }
  return [...byPlace.values()].toSorted(inOrder);
}

function inOrder(left: Problem, right: Problem): number {
  const byLine = left.place.line - right.place.line || left.place.column - right.place.column;
  return byLine || Number(left.severity === 'warning') - Number(right.severity === 'warning');
}
