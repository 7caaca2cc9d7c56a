import { join, resolve } from 'node:path';
import { cards } from '../../operate/users.ts';
import type { CommandContext } from '../command.ts';
import { openTarget } from '../open-target.ts';
import { cardsCsv, cardsPage } from '../render/handout.ts';
import { count } from '../render/words.ts';

/** Writes `accounts.csv` and `cards.html`, for the user alone (mode 0600): they hold passwords. */
export async function handOut(name: string | undefined, context: CommandContext): Promise<0> {
  const { io, options, adapters } = context;
  const { target, environment } = await openTarget(name, context);
  const { url, cards: people } = await cards(target);
  const out = typeof options['out'] === 'string' ? options['out'] : `handout-${environment.name}`;
  const folder = resolve(io.cwd, out);
  const title = environment.deployment;
  const [{ writeWhole }, kindOf] = await Promise.all([adapters.files(), adapters.kindOf()]);
  const how = { elsewhere: 'name another folder with `--out FOLDER`' };
  // A folder of somebody's own may hold what belongs into git, and a .gitignore.
  const isOurs = options['out'] === undefined || (await kindOf(folder)) === undefined;
  if (isOurs) await writeWhole(join(folder, '.gitignore'), '*\n', how);
  await writeWhole(join(folder, 'accounts.csv'), cardsCsv(url, people), how);
  await writeWhole(
    join(folder, 'cards.html'),
    cardsPage({ title, url, contact: environment.contactEmail, cards: people }),
    how,
  );
  if (options.json) io.stdout.write(`${JSON.stringify({ type: 'result', folder, people: people.length })}\n`);
  else {
    io.stdout.write(
      `${count(people.length, 'card')} in ${join(out, 'cards.html')}, a table in ${join(out, 'accounts.csv')}.\nBoth hold passwords and are readable by you alone: delete them when they are handed out.\n`,
    );
  }
  return 0;
}
