import { UserError } from '../errors.ts';
import type { CommandContext } from './command.ts';

/**
 * Asks whether to go on, unless `--yes` was given.
 *
 * @param question With its question mark: `Go back to revision 3?`
 * @param words.unasked The command that does not ask.
 * @param words.instead What to do for somebody who said no: a sentence.
 * @throws UserError for a no, and where nobody is there to be asked.
 */
export async function confirm(
  question: string,
  { unasked, instead }: { readonly unasked: string; readonly instead: string },
  { io, options, adapters }: CommandContext,
): Promise<void> {
  if (options['yes'] === true) return;
  if (!io.terminal.stderr || options.json === true) {
    throw new UserError({
      what: 'Nobody is there to be asked.',
      fix: `\`${unasked}\` does not ask.`,
      exitCode: 2,
    });
  }
  const answer = await (await adapters.ask())(`\n${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new UserError({ what: 'That was no yes: nothing was changed.', fix: instead, exitCode: 2 });
}
