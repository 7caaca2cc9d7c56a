import { checkEnvironment } from './check-environment.ts';
import { emptyKeyProblems } from './empty-keys.ts';
import { fileProblems } from './file-shape.ts';
import { gathered, locator } from './locate.ts';
import type { Locator } from './locate.ts';
import { isMap, mergeEnvironment, own, withoutNulls } from './merge.ts';
import { PartChecker } from './parts.ts';
import type { Finding, Problem } from './problem.ts';
import { fileRules, rules } from './rules/index.ts';
import type { View } from './rules/rule.ts';
import type { Environment } from './schema/environment.ts';
import type { Profile } from './schema/profiles.ts';
import type { Source, SourceResult } from './source.ts';

/** A config file after every check. */
export interface LoadedConfig {
  readonly file: string;
  /** Tells where things are written; missing if the file is no YAML map. */
  readonly source: Source | undefined;
  /** `name` of the file; missing if it is not valid. */
  readonly name: string | undefined;
  /** The environments without errors of their own, by name. */
  readonly environments: ReadonlyMap<string, Environment>;
  /** Every environment that is written, also those with errors. */
  readonly environmentNames: readonly string[];
  /** Everything that is wrong, in the order of the file. */
  readonly problems: readonly Problem[];
}

export interface LoadOptions {
  /** Look at this environment alone. */
  readonly environment?: string | undefined;
}

/** What was read of a config file → its environments and all problems at once, each with its place. */
export function checkSource(
  { source, problems }: SourceResult,
  file: string,
  options: LoadOptions = {},
): LoadedConfig {
  if (source !== undefined) return checkFile(source, file, problems, options);
  return { file, source, name: undefined, environments: new Map(), environmentNames: [], problems };
}

function checkFile(
  source: Source,
  file: string,
  syntax: readonly Problem[],
  options: LoadOptions,
): LoadedConfig {
  const shape = fileProblems(source);
  const written = own(source.value, 'environments');
  const environmentNames = isMap(written) ? Object.keys(written) : [];
  const wanted = environmentNames.filter(
    (name) => options.environment === undefined || name === options.environment,
  );
  // One that is a word or a list has been told about, and there is nothing else in it to look at.
  const checkable = wanted.filter((name) => own(written, name) === null || isMap(own(written, name)));
  const checked = checkEnvironments(source, shape.lacksDefaults ? [] : checkable);
  const found = [
    ...syntax,
    ...shape.problems,
    ...checked.flatMap((one) => one.problems),
    ...besideEachOther(checked),
  ];
  const problems = gathered([...found, ...emptyKeyProblems(source, wanted, found)]);
  const environments = new Map<string, Environment>();
  for (const { view } of checked) {
    const isWrong = problems.some(
      ({ severity, environments: names }) => severity === 'error' && names.includes(view.name),
    );
    if (isWrong || shape.name === undefined) continue;
    environments.set(view.name, {
      ...(view.settings as Environment),
      deployment: shape.name,
      name: view.name,
    });
  }
  return { file, source, name: shape.name, environments, environmentNames, problems };
}

interface Checked {
  readonly view: View;
  readonly where: Locator;
  readonly problems: readonly Problem[];
}

function checkEnvironments(source: Source, names: readonly string[]): Checked[] {
  const parts = new PartChecker();
  const ofProfile = new Map<Profile, readonly Finding[]>();
  // Once for all: what an environment does not touch stays the very object that is here.
  const defaults = withoutNulls(own(source.value, 'defaults'));
  return names.map((name) => {
    const where = locator(source, name);
    const merged = mergeEnvironment(defaults, own(own(source.value, 'environments'), name));
    const { view, findings } = checkEnvironment({ name, merged, parts, written: where.written, ofProfile });
    const all = [...findings, ...rules.flatMap((rule) => rule(view))];
    return { view, where, problems: all.map((finding) => where.problem(finding)) };
  });
}

function besideEachOther(checked: readonly Checked[]): Problem[] {
  const views = checked.map((one) => one.view);
  return fileRules.flatMap((rule) =>
    rule(views).flatMap(({ environment, finding }) => {
      const where = checked.find((one) => one.view.name === environment)?.where;
      return where === undefined ? [] : [where.problem(finding)];
    }),
  );
}
