import type { Io } from '../io.ts';
import type { Reporter } from './reporter.ts';
import { seconds } from './words.ts';

/** A line when a step begins and one when it ends: for pipes and CI logs. */
export function plainReporter(io: Io): Reporter {
  return {
    emit: (event) => {
      switch (event.type) {
        case 'stepStarted':
          return io.stderr.write(`… ${event.title}\n`);
        case 'stepDone':
          return io.stderr.write(`✔ ${event.title} (${seconds(event.seconds)})\n`);
        case 'stepFailed':
          return io.stderr.write(`✖ ${event.title} (${seconds(event.seconds)}): ${event.message}\n`);
        case 'note':
          return io.stderr.write(`${event.severity === 'warning' ? 'warning' : 'note'}: ${event.text}\n`);
        case 'stepsPlanned':
        case 'stepProgress':
          return undefined;
      }
    },
    close: () => Promise.resolve(),
  };
}
