import { createInterface } from 'node:readline/promises';

/** Asks the person before the terminal for a line. Ctrl-D gives an empty one. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      terminal.once('close', () => resolve(''));
      terminal.question(question).then(resolve, reject);
    });
  } finally {
    terminal.close();
  }
}
