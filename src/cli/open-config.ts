import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedConfig } from '../config/check-source.ts';
import { loadQuickly } from '../config/load-quickly.ts';
import type { Environment } from '../config/schema/environment.ts';
import { UserError } from '../errors.ts';
import type { CommandContext } from './command.ts';
import { renderProblems } from './render/problems.ts';
import { wantsColour } from './render/paint.ts';
import { fileOption } from './render/pasteable.ts';
import { widthOf } from './render/wrap.ts';

export interface OpenConfig {
  /** Absolute. */
  readonly path: string;
  /** As people write it, from where they stand. */
  readonly shown: string;
  readonly folder: string;
  readonly text: string;
  readonly loaded: LoadedConfig;
}

/** The example that `up` runs where there is no file yet. */
const example = fileURLToPath(new URL('../../examples/training/hub.yaml', import.meta.url));

/**
 * Reads the file of `--file`, or the hub.yaml of this folder, or, where the command allows it, the example.
 *
 * @throws UserError when it cannot be read.
 */
export async function openConfig(
  context: CommandContext,
  options: { readonly orExample?: boolean } = {},
): Promise<OpenConfig> {
  const { io, adapters, reporter } = context;
  const path = choosePath(context, options.orExample === true);
  const shown = shortPath(io.cwd, path);
  if (context.options.file === undefined && path !== ownFile(io)) {
    reporter.emit({
      type: 'note',
      severity: 'info',
      text: `no hub.yaml in this folder: this is the example, ${shown}`,
    });
  }
  const text = await (await adapters.readConfigFile())(path);
  return { path, shown, folder: dirname(path), text, loaded: await loadQuickly({ file: shown, text }) };
}

function ownFile({ cwd }: CommandContext['io']): string {
  return join(cwd, 'hub.yaml');
}

function choosePath({ io, options }: CommandContext, orExample: boolean): string {
  if (options.file !== undefined) return resolve(io.cwd, options.file);
  const own = ownFile(io);
  if (existsSync(own)) return own;
  if (orExample) return example;
  throw new UserError({
    what: 'There is no hub.yaml in this folder.',
    where: io.cwd,
    fix: `Name one with \`--file PATH\` (the example: \`--file ${shortPath(io.cwd, example)}\`), or make one with \`hubwright init\`.`,
    exitCode: 2,
  });
}

function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}

/**
 * The environment that is meant: the named one, or the only local one, or the only one.
 *
 * @throws UserError when it is not clear which, or when the file has mistakes in it, all of which it tells.
 */
export function chooseEnvironment(
  config: OpenConfig,
  name: string | undefined,
  { io }: CommandContext,
): Environment {
  const { loaded } = config;
  const environment = findEnvironment(config, name);
  if (environment) return environment;
  const chosen = name ?? onlyOne(loaded);
  const concerning = loaded.problems.filter(
    ({ severity, environments }) =>
      severity === 'error' &&
      (chosen === undefined || environments.length === 0 || environments.includes(chosen)),
  );
  if (concerning.length > 0) throw mistakes(config, concerning, io);
  throw unclear(config, name);
}

/** The same, or undefined when it is not clear which, or when it has mistakes in it. */
export function findEnvironment({ loaded }: OpenConfig, name: string | undefined): Environment | undefined {
  const chosen = name ?? onlyOne(loaded);
  return chosen === undefined ? undefined : loaded.environments.get(chosen);
}

/** The same, also where it breaks rules: enough to look at what runs. */
export function findReadable({ loaded }: OpenConfig, name: string | undefined): Environment | undefined {
  const chosen = name ?? onlyOne(loaded);
  return chosen === undefined ? undefined : loaded.readable.get(chosen);
}

function onlyOne({ readable, environmentNames }: LoadedConfig): string | undefined {
  if (environmentNames.length === 1) return environmentNames[0];
  const local = [...readable.values()].filter(({ target }) => target === 'local');
  return local.length === 1 ? local[0]?.name : undefined;
}

function mistakes(
  { shown, text }: OpenConfig,
  problems: LoadedConfig['problems'],
  io: CommandContext['io'],
): UserError {
  return new UserError({
    what: `The file has ${problems.length === 1 ? 'a mistake' : 'mistakes'} in it.`,
    where: shown,
    fix: `Mend what is listed below, then run the command again. \`hubwright check${fileOption(shown)}\` looks at the whole file.`,
    details: renderProblems(problems, new Map([[shown, text]]), {
      colour: wantsColour(io, 'stderr'),
      // Shown two columns further in.
      width: widthOf(io, 'stderr') - 2,
    }).trimEnd(),
    exitCode: 2,
  });
}

function unclear({ loaded, shown }: OpenConfig, name: string | undefined): UserError {
  const names = loaded.environmentNames.join(', ');
  return new UserError({
    what:
      name === undefined ? 'It is not clear which environment is meant.' : `There is no environment ${name}.`,
    where: shown,
    fix: `Name one of: ${names}.`,
    exitCode: 2,
  });
}
