import { UserError } from '../../errors.ts';
import { listPeople, resetPasswords, type Card } from '../../operate/users.ts';
import type { Command, CommandContext } from '../command.ts';
import { openDeployed } from '../open-deployed.ts';
import { openTarget } from '../open-target.ts';
import { table } from '../render/table.ts';
import { ago, count } from '../render/words.ts';
import { addPeople, removePeople } from './users-edit.ts';
import { handOut } from './users-handout.ts';

const verbs = ['list', 'add', 'remove', 'reset', 'handout'] as const;
type Verb = (typeof verbs)[number];

/** `users [ENV] list | add | remove | reset | handout`. */
export const run: Command = async (words, context) => {
  const { environment, verb, names } = understand(words.filter((word) => word !== undefined));
  if (verb === 'add') return addPeople(environment, names, context);
  if (verb === 'remove') return removePeople(environment, names, context);
  if (verb === 'reset') return reset(environment, names, context);
  return verb === 'handout' ? handOut(environment, context) : list(environment, context);
};

function understand(words: readonly string[]): {
  environment: string | undefined;
  verb: Verb;
  names: string[];
} {
  const at = isVerb(words[0]) ? 0 : 1;
  const verb = words[at];
  const names = words.slice(at + 1);
  const takesNames = verb === 'add' || verb === 'remove' || verb === 'reset';
  if (isVerb(verb) && takesNames === names.length > 0) {
    return { environment: at === 1 ? words[0] : undefined, verb, names };
  }
  throw new UserError({
    what: isVerb(verb)
      ? `\`users … ${verb}\` ${takesNames ? 'needs the name of a person' : 'takes no names'}.`
      : `\`hubwright ${['users', ...words].join(' ')}\` does not say what to do.`,
    fix: 'Write `hubwright users [ENV] list`, `add NAME…`, `remove NAME…`, `reset NAME…` or `handout`.',
    exitCode: 2,
  });
}

function isVerb(word: string | undefined): word is Verb {
  return verbs.some((verb) => verb === word);
}

async function list(name: string | undefined, context: CommandContext): Promise<0> {
  const { io, options, adapters } = context;
  const { target } = await openDeployed(name, context);
  const people = await listPeople(target);
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ type: 'users', people })}\n`);
    return 0;
  }
  const now = (await adapters.clock()).now();
  const rows = people.map(({ name: person, admin, password, lastActivity, profile }) => [
    person,
    admin ? 'admin' : '',
    password,
    ago(lastActivity, now),
    profile ?? '',
  ]);
  io.stdout.write(table([['NAME', 'ROLE', 'PASSWORD', 'LAST SEEN', 'SERVER'], ...rows]));
  return 0;
}

async function reset(
  name: string | undefined,
  names: readonly string[],
  context: CommandContext,
): Promise<0> {
  const { io, options } = context;
  const { target, environment, sameAgain } = await openTarget(name, context);
  const cards = await resetPasswords(target, names);
  if (options.json)
    io.stdout.write(`${JSON.stringify({ type: 'result', reset: cards.map((card) => card.name) })}\n`);
  else
    io.stdout.write(
      resetText(cards, `hubwright users ${environment.name} handout${sameAgain}`, io.terminal.stdout),
    );
  return 0;
}

/** On a terminal the new passwords stand there; a pipe may end in a log, and gets the command that shows them. */
function resetText(cards: readonly Card[], handout: string, terminal: boolean): string {
  const rows = cards.map((card) => [card.name, terminal ? (card.password ?? '') : '']);
  const where = terminal ? '' : ` \`${handout}\` writes them down.`;
  return `${count(cards.length, 'new password')}; the old ${cards.length === 1 ? 'one no longer works' : 'ones no longer work'}.${where}\n${table(rows)}`;
}
