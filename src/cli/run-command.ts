import type { CommandSpec } from './catalog.ts';
import type { Options } from './command.ts';
import { type ExitCode, exitCodeOfError, type Interruption, type Io } from './io.ts';
import type { Adapters } from './adapters.ts';
import { renderError, renderInterruption } from './render/error.ts';
import { type Meant, pasteable, programOf } from './render/pasteable.ts';
import { chooseReporter } from './render/choose-reporter.ts';

interface Parts {
  readonly adapters: Adapters;
  readonly io: Io;
}

/** Loads the command's code and runs it; its progress is closed before anything else is printed. */
export async function runCommand(
  spec: CommandSpec,
  words: readonly (string | undefined)[],
  options: Options,
  parts: Parts,
): Promise<ExitCode> {
  const json = options.json === true;
  const meant: Meant = { program: programOf(parts.io.env), environment: undefined, sameAgain: '' };
  const io = json ? parts.io : withPasteable(parts.io, meant, spec);
  const reporter = await chooseReporter(io, json);
  const atEnd: (() => Promise<void>)[] = [];
  const connections = new Map<string, unknown>();
  const context = { ...parts, io, options, reporter, meant, verb: spec.name, connections, atEnd };
  try {
    const { run } = await spec.load();
    const running = run(words, context);
    return await (spec.untilInterrupted ? running : Promise.race([running, interruption(io)]));
  } catch (error) {
    await reporter.close();
    if (error instanceof Interrupted) return renderInterruption(error.signal, spec, io, json);
    const code = renderError(error, io, json, meant);
    return exitCodeOfError(code, options['detailedExitcode'] === true);
  } finally {
    await Promise.all([reporter.close(), ...atEnd.map((close) => close())]);
  }
}

/** Whatever people read has commands in it that they can paste. Machines have the bare ones. */
function withPasteable(io: Io, meant: Meant, { verbatim }: CommandSpec): Io {
  const { stdout, stderr } = io;
  return {
    ...io,
    stdout: verbatim ? stdout : { write: (text) => stdout.write(pasteable(text, meant)) },
    stderr: { write: (text) => stderr.write(pasteable(text, meant)) },
  };
}

class Interrupted extends Error {
  readonly signal: Interruption;

  constructor(signal: Interruption) {
    super(signal);
    this.signal = signal;
  }
}

async function interruption({ interrupted }: Io): Promise<never> {
  const signal = await (interrupted ?? new Promise<never>(() => undefined));
  throw new Interrupted(signal);
}
