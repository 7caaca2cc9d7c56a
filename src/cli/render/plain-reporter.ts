import type { Io } from '../io.ts';
import type { Reporter } from './reporter.ts';
import { seconds } from './words.ts';

/** Between two lines about a step: a log tells why it waits, and is not filled with it. */
const quietMs = 10_000;

/** A step that is at work. */
interface AtWork {
  readonly title: string;
  /** What it does or waits for now, and what of that was told last. */
  text: string | undefined;
  told: string | undefined;
  toldAt: number;
  /** Will tell it. */
  timer?: NodeJS.Timeout | undefined;
}

/** A line when a step begins and one when it ends, and now and then one of what it waits for: for pipes and CI logs. */
export function plainReporter(io: Io): Reporter {
  const atWork = new Map<string, AtWork>();
  const say = (line: string): void => {
    io.stderr.write(`${line}\n`);
  };

  const tell = (step: AtWork): void => {
    step.timer = undefined;
    if (step.text === step.told) return;
    step.told = step.text;
    step.toldAt = Date.now();
    say(`… ${step.title}: ${step.text}`);
  };
  const progress = (id: string, text: string): void => {
    const step = atWork.get(id);
    if (step === undefined) return;
    step.text = text;
    // Nothing has to be waited for on its account.
    const pause = Math.max(0, step.toldAt + quietMs - Date.now());
    step.timer ??= setTimeout(() => tell(step), pause).unref();
  };
  const end = (id: string): void => {
    clearTimeout(atWork.get(id)?.timer);
    atWork.delete(id);
  };
  return {
    emit: (event) => {
      switch (event.type) {
        case 'stepStarted':
          atWork.set(event.id, { title: event.title, text: undefined, told: undefined, toldAt: Date.now() });
          return say(`… ${event.title}`);
        case 'stepProgress':
          return progress(event.id, event.text);
        case 'stepDone':
          end(event.id);
          return say(`✔ ${event.title} (${seconds(event.seconds)})`);
        case 'stepFailed':
          end(event.id);
          return say(`✖ ${event.title} (${seconds(event.seconds)}): ${event.message}`);
        case 'stepLeft':
          end(event.id);
          return say(`○ ${event.title} (${seconds(event.seconds)}): left for later: ${event.message}`);
        case 'note':
          return say(`${event.severity === 'warning' ? 'warning' : 'note'}: ${event.text}`);
        case 'stepsPlanned':
          return undefined;
      }
    },
    close: async () => {
      for (const id of atWork.keys()) end(id);
    },
  };
}
