import { Command as Commander, CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import type { Catalog, CommandSpec } from './catalog.ts';
import type { Options } from './command.ts';
import { type ExitCode, exitCodeOfError, type Io } from './io.ts';
import type { Adapters } from './adapters.ts';
import { renderError } from './render/error.ts';
import { examplesText, exitCodesText } from './render/help.ts';
import { called, programOf } from './render/pasteable.ts';
import { widthOf } from './render/wrap.ts';
import { version } from './version.ts';

interface Parts {
  readonly catalog: Catalog;
  readonly adapters: Adapters;
  readonly io: Io;
}

/** The command line, made from the catalog. The function it gives runs one. */
export function createProgram({
  catalog,
  adapters,
  io,
}: Parts): (argv: readonly string[]) => Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const width = widthOf(io, 'stdout');
  const name = programOf(io.env);
  const program = new Commander(name)
    .description(
      'Deploys and operates JupyterHub: on this machine with one command, and on Kubernetes from the same file.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => io.stdout.write(called(text, name)),
      // A mistake is thrown, and told like every other error.
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(width, 120),
    })
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride((error) => refuse(error, name))
    .addHelpText(
      'after',
      `${examplesText([['hubwright up', 'a JupyterHub on this machine']], name, width)}\n\n${exitCodesText(width)}\n\nEach command has a --help of its own.`,
    );
  for (const spec of catalog) {
    addCommand(program, spec, async (words, options) => {
      const { runCommand } = await import('./run-command.ts');
      exitCode = await runCommand(spec, words, options, { adapters, io });
    })
      .exitOverride((error) => refuse(error, name, spec))
      .addHelpText('after', examplesText(spec.examples, name, width));
  }
  return async (argv) => {
    try {
      await program.parseAsync(helpAsOption(argv), { from: 'user' });
      return exitCode;
    } catch (error) {
      if (error instanceof CommanderError) return 0;
      const code = renderError(error, io, argv.includes('--json'));
      return exitCodeOfError(code, argv.includes('--detailed-exitcode'));
    }
  };
}

/** `help up` is `up --help`, and nothing at all is the wish for help too. */
function helpAsOption(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  return first === undefined || first === 'help' ? [...rest, '--help'] : [...argv];
}

const whichFile = 'config file (default: hub.yaml of this folder)';

function addCommand(
  program: Commander,
  spec: CommandSpec,
  action: (words: (string | undefined)[], options: Options) => Promise<void>,
): Commander {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(sentence(spec.summary))
    .helpGroup(`${spec.group}:`)
    .option('-f, --file <path>', spec.writesFile ? 'where to write (default: hub.yaml)' : whichFile)
    .option('--json', 'output for machines');
  if (spec.writesFile) command.option('--out <path>', 'the same as --file');
  for (const [notation, description] of spec.args) command.argument(notation, description);
  for (const [flags, description, repeats] of spec.options) {
    if (repeats) command.option(flags, description, collected);
    else command.option(flags, description);
  }
  return command.action(async (...given: unknown[]) => {
    const words = given.slice(0, spec.args.length).flat() as (string | undefined)[];
    await action(words, command.opts<Options>());
  });
}

/** Not commander's `<value...>`, which takes every word that follows for one of them. */
function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

/** Help and version end a run too, and are no mistake. */
function refuse(error: CommanderError, name: string, spec?: CommandSpec): never {
  if (error.exitCode === 0) throw error;
  const [what = '', ...suggestion] = error.message.replace(/^error: /, '').split('\n');
  const fix = [
    ...(suggestion.length === 0 ? [] : [suggestion.join(' ').replace(/^\((.*)\)$/, '$1')]),
    ...(spec?.shownBy && what.includes("'--dry-run'")
      ? [`\`${name} ${spec.shownBy}\` shows what it would do.`]
      : []),
    `\`${[name, ...(spec ? [spec.name] : [])].join(' ')} --help\` shows how it is used.`,
  ];
  throw new UserError({ what: sentence(what.replace(/\.$/, '')), fix: fix.join(' '), exitCode: 2 });
}
