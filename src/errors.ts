/**
 * The one error that people are meant to read.
 *
 * Anything else that reaches `main` is a bug of ours and is reported as such.
 */
export class UserError extends Error {
  /** What happened, in one plain sentence. */
  readonly what: string;
  /** Where: a file with line and column, a URL, a process. */
  readonly where: string | undefined;
  /** What to do next; commands in backquotes can be pasted. */
  readonly fix: string;
  /** The last output of whatever failed, for those who want to look further. */
  readonly details: string | undefined;
  /** 1: it failed; 2: the command or the config is wrong. */
  readonly exitCode: 1 | 2;

  constructor(problem: {
    what: string;
    fix: string;
    where?: string | undefined;
    details?: string | undefined;
    exitCode?: 1 | 2;
    cause?: unknown;
  }) {
    super(problem.what, { cause: problem.cause });
    this.name = 'UserError';
    this.what = problem.what;
    this.where = problem.where;
    this.fix = problem.fix;
    this.details = problem.details;
    this.exitCode = problem.exitCode ?? 1;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
