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
  /**
   * With those that break a rule and can be read all the same: enough to look at what runs, and no more. Each field is
   * what the schema says, and nothing says that they go together.
   */
  readonly readable: ReadonlyMap<string, Environment>;
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
  const none = new Map();
  return {
    file,
    source,
    name: undefined,
    environments: none,
    readable: none,
    environmentNames: [],
    problems,
  };
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
  const ofSchema = [...syntax, ...shape.problems, ...checked.flatMap((one) => one.ofSchema)];
  const ofRules = [...checked.flatMap((one) => one.ofRules), ...besideEachOther(checked)];
  const empty = emptyKeyProblems(source, wanted, [...ofSchema, ...ofRules]);
  const readable = new Map<string, Environment>();
  for (const { view } of checked) {
    const { name } = view;
    if (shape.name === undefined || isWrong(name, [...ofSchema, ...empty]) || !saysWhere(view)) continue;
    readable.set(name, { ...(view.settings as Environment), deployment: shape.name, name });
  }
  const problems = gathered([...ofSchema, ...ofRules, ...empty]);
  const environments = new Map([...readable].filter(([name]) => !isWrong(name, problems)));
  return { file, source, name: shape.name, environments, readable, environmentNames, problems };
}

function isWrong(name: string, problems: readonly Problem[]): boolean {
  return problems.some(({ severity, environments }) => severity === 'error' && environments.includes(name));
}

/** Without a cluster there is nothing to look at. */
function saysWhere({ settings: { target, kubernetes } }: View): boolean {
  return target !== 'kubernetes' || kubernetes !== undefined;
}

interface Checked {
  readonly view: View;
  readonly where: Locator;
  readonly ofSchema: readonly Problem[];
  readonly ofRules: readonly Problem[];
}

function checkEnvironments(source: Source, names: readonly string[]): Checked[] {
  const parts = new PartChecker();
  const ofProfile = new Map<Profile, readonly Finding[]>();
  // Once for all: what an environment does not touch stays the very object that is here.
  const defaults = withoutNulls(own(source.value, 'defaults'));
  return names.map((name) => {
    const where = locator(source, name);
    const merged = mergeEnvironment(defaults, own(own(source.value, 'environments'), name));
    const { view, findings, ofProfiles } = checkEnvironment({
      name,
      merged,
      parts,
      written: where.written,
      ofProfile,
    });
    const problemOf = (finding: Finding): Problem => where.problem(finding);
    const ofRules = [...ofProfiles, ...rules.flatMap((rule) => rule(view))];
    return { view, where, ofSchema: findings.map(problemOf), ofRules: ofRules.map(problemOf) };
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
