import { DefaultRenderer, Listr, type ListrDefaultRendererTask, ListrLogger, ProcessOutput } from 'listr2';
import type { Event } from '../../operate/events.ts';
import type { Io } from '../io.ts';
import type { Reporter } from './reporter.ts';
import { paint } from './paint.ts';
import { seconds } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

/** A line of the list: what listr2 lets a running task change, and how the task is ended. */
interface Line {
  readonly title: string;
  readonly settled: PromiseWithResolvers<void>;
  begun: boolean;
  shown:
    | { title: string; output: string; skip: (message: string) => void; readonly task: object }
    | undefined;
}

/** A living list: each step turns while it works, and shows its time when it is done. */
export function terminalReporter(io: Io): Reporter {
  const colours = paint(io, 'stderr');
  const lines = new Map<string, Line>();
  const notes: string[] = [];
  // Lists are drawn one after the other: the steps of a deploy, then those of its verify.
  let drawn: Promise<unknown> = Promise.resolve();

  const say = (text: string): void => {
    io.stderr.write(`${wrap(`${colours.dim('note')} ${text}`, widthOf(io, 'stderr'), 5)}\n`);
  };
  // A line written into a living list would tear it.
  const note = (text: string): void => {
    if (lines.size === 0) say(text);
    else notes.push(text);
  };

  const begin = (steps: readonly { readonly id: string; readonly title: string }[]): void => {
    const added = steps.map(({ id, title }) => {
      const line: Line = { title, settled: Promise.withResolvers(), begun: false, shown: undefined };
      line.settled.promise.catch(() => undefined);
      lines.set(id, line);
      return line;
    });
    drawn = drawn.then(() => draw(added, colours.dim));
  };
  const finish = (event: Event & { readonly type: 'stepDone' | 'stepFailed' | 'stepLeft' }): void => {
    const line = lines.get(event.id);
    if (!line) return;
    if (line.shown) line.shown.title = `${line.title} ${colours.dim(seconds(event.seconds))}`;
    if (event.type === 'stepLeft') line.shown?.skip(`${line.title}: left for later`);
    if (event.type !== 'stepFailed') line.settled.resolve();
    else line.settled.reject(new Error(event.message));
    lines.delete(event.id);
  };
  return {
    emit: (event) => {
      if (event.type === 'stepsPlanned') return begin(event.steps);
      if (event.type === 'note') return note(event.text);
      if (event.type === 'stepDone' || event.type === 'stepFailed' || event.type === 'stepLeft')
        return finish(event);
      const line = lines.get(event.id);
      if (!line) return;
      if (event.type === 'stepStarted') line.begun = true;
      if (!line.shown) return;
      if (event.type !== 'stepStarted') {
        line.shown.output = event.text;
        return;
      }
      line.shown.title = event.title;
      begun.add(line.shown.task);
    },
    close: async () => {
      // After a failure the steps behind it were never begun.
      for (const line of lines.values()) line.settled.reject(new Error('not begun'));
      lines.clear();
      await drawn;
      for (const text of notes.splice(0)) say(text);
    },
  };
}

/** The tasks whose step has begun: listr2 itself begins all of a list at once. */
const begun = new WeakSet<object>();

/** On stderr, where the person looks: stdout may lead into a file, which listr2 alone would take for no terminal. */
class OnStderr extends DefaultRenderer {
  static override nonTTY = true;

  /** Only what is at work turns. */
  protected override style(task: ListrDefaultRendererTask, output?: boolean): string {
    return begun.has(task) ? super.style(task, output) : '·';
  }
}

async function draw(lines: readonly Line[], dim: (text: string) => string): Promise<void> {
  const list = new Listr(
    lines.map((line) => ({
      title: line.begun ? line.title : dim(line.title),
      task: (_: unknown, task: NonNullable<Line['shown']>): Promise<void> => {
        line.shown = task;
        if (line.begun) begun.add(task.task);
        return line.settled.promise;
      },
    })),
    // The error is told in full below the list; here a cross is enough.
    {
      concurrent: true,
      exitOnError: false,
      // Its own handler ends the process with 127.
      registerSignalListeners: false,
      renderer: OnStderr,
      rendererOptions: {
        showErrorMessage: false,
        formatOutput: 'truncate',
        logger: new ListrLogger({
          useIcons: true,
          toStderr: [],
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
    },
  );
  await list.run();
}
