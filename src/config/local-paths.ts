import { gathered, locator } from './locate.ts';
import type { Finding, Path, Problem } from './problem.ts';
import type { Environment } from './schema/environment.ts';
import type { Source } from './source.ts';

type PathKind = 'file' | 'folder';

/** Something of this machine that an environment names. */
interface LocalPath {
  readonly environment: string;
  /** Where it is written, from the environment on. */
  readonly path: Path;
  readonly value: string;
  readonly kind: PathKind;
}

/** What has to be there for the local environments to run. Secrets are not asked for: who checks need not have them. */
export function localPaths(environments: Iterable<Environment>): LocalPath[] {
  return [...environments].filter(({ target }) => target === 'local').flatMap(pathsOf);
}

function pathsOf({ name, materials, local, profiles }: Environment): LocalPath[] {
  const named: [Path, string | undefined, PathKind][] = [
    [['materials', 'folder'], materials?.folder, 'folder'],
    [['local', 'wheels'], local.wheels, 'folder'],
    [['local', 'python'], local.python, 'file'],
    ...Object.entries(profiles).map(([slug, profile]): [Path, string | undefined, PathKind] => [
      ['profiles', slug, 'local', 'requirements'],
      profile.local?.requirements,
      'file',
    ]),
  ];
  return named.flatMap(([path, value, kind]) =>
    value === undefined ? [] : [{ environment: name, path, value, kind }],
  );
}

/** A path with what is found there, when that is not what it should be. */
export type WrongPath = LocalPath & { readonly found: PathKind | undefined };

/** Says them with their places in the file. */
export function wrongPathProblems(source: Source, wrong: readonly WrongPath[]): Problem[] {
  return gathered(wrong.map((one) => locator(source, one.environment).problem(wrongPath(one))));
}

function wrongPath({ path, value, kind, found }: WrongPath): Finding {
  const isAbsolute = value.startsWith('/');
  return {
    code: 'path-not-there',
    // One from the root may be of another machine, where the file will be used.
    severity: isAbsolute ? 'warning' : 'error',
    path,
    at: 'value',
    message:
      found === undefined
        ? `There is no ${kind} \`${value}\``
        : `\`${value}\` is a ${found}, and a ${kind} is needed`,
    fix: isAbsolute
      ? `Make it on the machine where this will run, or correct the path.`
      : `Make it, or correct the path; it counts from the folder of this file.`,
  };
}
