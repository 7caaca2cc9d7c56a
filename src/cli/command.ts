import type { LockGuard } from '../ports.ts';
import type { Adapters } from './adapters.ts';
import type { ExitCode, Io } from './io.ts';
import type { Meant } from './render/pasteable.ts';
import type { Reporter } from './render/reporter.ts';

/** Values of the options as commander gives them: camelCase names. */
export type Options = Readonly<Record<string, unknown>> & { readonly file?: string; readonly json?: boolean };

export interface CommandContext {
  readonly io: Io;
  readonly adapters: Adapters;
  readonly options: Options;
  readonly reporter: Reporter;
  /** Filled in when the environment is opened, for the commands in errors. */
  readonly meant: Meant;
  /** The command as it was typed: `up` and `deploy` do the same. */
  readonly verb: string;
  /** What stood behind the environment: `issue` of `certificates training issue`. */
  readonly rest?: string;
  /** While the environment is locked, for a lock that can be lost. */
  readonly guard?: LockGuard;
  /** To clusters: kept from one time that an environment is opened to the next, for each proves anew who it is. */
  readonly connections: Map<string, unknown>;
  /** What is to be closed when the command has ended: connections to a cluster. */
  readonly atEnd: (() => Promise<void>)[];
}

/** What stands behind a command. Arguments that were left out are undefined. */
export type Command = (words: readonly (string | undefined)[], context: CommandContext) => Promise<ExitCode>;
