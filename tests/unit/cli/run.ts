import type { Io } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/main.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The surroundings of a command whose output is piped, kept in these two. */
export function pipedIo(out: string[] = [], err: string[] = []): Io {
  return {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    terminal: { stdout: false, stderr: false, columns: 80 },
    env: {},
    cwd: '/',
  };
}

/** Runs a command line in this process. `io` changes its surroundings. */
export async function runIn(cwd: string, argv: readonly string[], io: Partial<Io> = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await main(argv, { ...pipedIo(out, err), cwd, ...io });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}
