import type { Environment } from '../config/schema/environment.ts';
import type { Target } from '../operate/target.ts';
import { shellWord } from '../config/shell-word.ts';
import { durationSeconds } from '../config/units.ts';
import { UserError } from '../errors.ts';
import type { CommandContext, Options } from './command.ts';
import {
  chooseEnvironment,
  findEnvironment,
  findReadable,
  openConfig,
  type OpenConfig,
} from './open-config.ts';
import { placingValues, textOf } from './place-values.ts';
import { fileOption } from './render/pasteable.ts';

export interface OpenTarget {
  readonly config: OpenConfig;
  readonly environment: Environment;
  readonly target: Target;
  /** What has to stand behind further commands for them to mean this environment. */
  readonly sameAgain: string;
}

/** Reads the file, chooses the environment and opens the place where it runs. */
export async function openTarget(
  name: string | undefined,
  context: CommandContext,
  options: { readonly orExample?: boolean } = {},
): Promise<OpenTarget> {
  const config = await openConfig(context, options);
  return openIn(config, chooseEnvironment(config, name, context), context);
}

/**
 * The same for commands that only look: what runs can be looked at although the file breaks a rule, and at nine somebody
 * has to. What they say goes by the file as it is written.
 */
export async function openToLook(name: string | undefined, context: CommandContext): Promise<OpenTarget> {
  const config = await openConfig(context);
  const readable = findReadable(config, name);
  if (readable === undefined) return openIn(config, chooseEnvironment(config, name, context), context);
  const opened = await openIn(config, readable, context);
  if (!findEnvironment(config, name)) {
    const { shown } = config;
    const text = `${shown} has mistakes in it (\`hubwright check${opened.sameAgain}\`), for which a deploy of ${readable.name} would be refused; this goes by what is written`;
    context.reporter.emit({ type: 'note', severity: 'warning', text });
  }
  return opened;
}

async function openIn(
  config: OpenConfig,
  environment: Environment,
  context: CommandContext,
): Promise<OpenTarget> {
  const sameAgain = fileOption(config.shown);
  Object.assign(context.meant, { environment: environment.name, sameAgain });
  const target = await targetOf(environment, config, context);
  return { config, environment, target, sameAgain };
}

async function targetOf(
  environment: Environment,
  config: OpenConfig,
  context: CommandContext,
): Promise<Target> {
  const { adapters, io } = context;
  if (environment.target === 'kubernetes') return clusterTarget(environment, config, context);
  const [localHost, { localTarget }] = await Promise.all([
    adapters.localHost(),
    import('../operate/targets/local.ts'),
  ]);
  const host = localHost(environment, { env: io.env, configFile: config.path, configFolder: config.folder });
  return localTarget(environment, host);
}

async function clusterTarget(
  environment: Environment,
  config: OpenConfig,
  { adapters, io, reporter, connections, atEnd, guard, verb, rest, options }: CommandContext,
): Promise<Target> {
  const [clusterHost, { kubernetesTarget }] = await Promise.all([
    adapters.clusterHost(),
    import('../operate/targets/kubernetes.ts'),
  ]);
  const host = clusterHost(environment, {
    env: io.env,
    configFile: config.path,
    guard,
    connections,
    timeoutSeconds: timeoutOf(options),
    command: commandOf(environment, rest === undefined ? [verb] : [verb, rest], options),
    report: (text) => reporter.emit({ type: 'note', severity: 'info', text }),
  });
  atEnd.push(() => host.close());
  const target = kubernetesTarget(environment, host, config.text);
  const plan: Target['plan'] = (intent) =>
    placingValues(target.plan(intent), textOf(config), environment, io);
  return { ...target, plan };
}

/** What goes on with it where this is cut off; undefined: nothing has to. */
function commandOf(
  { name }: Environment,
  [verb, ...rest]: readonly string[],
  options: Options,
): string | undefined {
  // People alone: the next deploy does what is left of that, and an earlier one may have left more.
  if (verb === 'users') return undefined;
  // Looking at them again shows what is left to do, and so does a plan.
  if (verb === 'addresses' || verb === 'nodes') return undefined;
  const folder = options['restoreDatabase'] as string | undefined;
  const from = folder === undefined ? '' : ` --restore-database ${shellWord(folder)}`;
  return `${['hubwright', verb, name, ...rest].join(' ')}${from}${options['fix'] === true ? ' --fix' : ''}`;
}

/** `--timeout 30m`. @throws UserError when it is no duration. */
function timeoutOf({ timeout }: Options): number | undefined {
  if (timeout === undefined) return undefined;
  const text = timeout as string;
  if (/^[1-9]\d*[smh]$/.test(text)) return durationSeconds(text);
  throw new UserError({
    what: `${text} is no length of time.`,
    fix: 'Write a number with s, m or h behind it: `--timeout 30m`.',
    exitCode: 2,
  });
}
