import { UserError } from '../../errors.ts';
import { type LogPart, sharedLogs } from '../../operate/target.ts';
import type { Command } from '../command.ts';
import { refuseStranger } from '../../operate/users.ts';
import { openDeployed } from '../open-deployed.ts';

/** `logs [ENV] PART|user NAME`: the end of a log, and what comes if asked. */
export const run: Command = async (words, context) => {
  const { io, options } = context;
  const { environment, part } = understand(words.filter((word) => word !== undefined));
  const { target } = await openDeployed(environment, context);
  const lines = lineCount(options['lines'] as string | undefined);
  try {
    await target.readLog(part, {
      lines,
      follow: options['follow'] === true,
      write: (text) => io.stdout.write(options.json ? asEvents(text) : text),
    });
  } catch (error) {
    // People who were taken out of the file have logs too: only without one the name may be wrong.
    if (part.kind === 'user') await refuseStranger(target, part.name);
    throw error;
  }
  return 0;
};

function understand(words: readonly string[]): { environment: string | undefined; part: LogPart } {
  const at = words.findIndex((word) => word === 'user' || isShared(word));
  const [kind, name, ...rest] = words.slice(at);
  if (at >= 0 && at <= 1 && rest.length === 0) {
    if (isShared(kind) && name === undefined) return { environment: words[at - 1], part: { kind } };
    if (kind === 'user' && name !== undefined) return { environment: words[at - 1], part: { kind, name } };
  }
  throw new UserError({
    what: `\`hubwright ${['logs', ...words].join(' ')}\` does not say whose log.`,
    fix: 'Write `hubwright logs [ENV] hub`, `… proxy`, `… prometheus` or `… user NAME`; on a cluster also `… certificates`, `… longhorn` or `… autoscaler`.',
    exitCode: 2,
  });
}

function isShared(word: string | undefined): word is (typeof sharedLogs)[number] {
  return sharedLogs.some((kind) => kind === word);
}

function lineCount(given: string | undefined): number {
  if (given === undefined) return 100;
  const lines = Number(given);
  if (Number.isInteger(lines) && lines > 0) return lines;
  throw new UserError({
    what: `--lines ${given} is not a number of lines.`,
    fix: 'Write a whole number, such as `--lines 200`.',
    exitCode: 2,
  });
}

/** One line of JSON a line of the log. */
function asEvents(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => `${JSON.stringify({ type: 'line', text: line })}\n`).join('');
}
