import type { Io } from '../io.ts';
import type { Reporter } from './reporter.ts';

export function jsonReporter(io: Io): Reporter {
  return {
    emit: (event) => io.stdout.write(`${JSON.stringify(event)}\n`),
    close: () => Promise.resolve(),
  };
}
