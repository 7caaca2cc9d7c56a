import type { Io } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/main.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. `io` changes its surroundings. */
export async function runIn(cwd: string, argv: readonly string[], io: Partial<Io> = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await main(argv, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    terminal: { stdout: false, stderr: false, columns: 80 },
    env: {},
    cwd,
    ...io,
  });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}
