/** The streams and surroundings of one run of the tool. */
export interface Io {
  /** Results: what another program may want to read. */
  readonly stdout: { write(text: string): void };
  /** Progress and errors: what a person reads. */
  readonly stderr: { write(text: string): void };
  /** Whether a person sits before stdout and stderr. */
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean; readonly columns: number };
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Resolves when somebody wants the command to end: Ctrl-C, or `kill`. */
  readonly interrupted?: Promise<Interruption>;
}

export type Interruption = 'SIGINT' | 'SIGTERM';

/**
 * 0: done; 1: failed; 2: the command or the config is wrong, or, for `plan --detailed-exitcode`, there are changes;
 * 130, 143: interrupted by SIGINT (Ctrl-C) or SIGTERM, as shells have it.
 */
export type ExitCode = 0 | 1 | 2 | 130 | 143;

export function exitCodeOf(signal: Interruption): ExitCode {
  return signal === 'SIGINT' ? 130 : 143;
}

/** Where 2 says that there are changes (`plan --detailed-exitcode`) no error has it: as with Terraform and helmfile. */
export function exitCodeOfError(code: ExitCode, isDetailed: boolean): ExitCode {
  return isDetailed ? 1 : code;
}
