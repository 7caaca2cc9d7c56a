import type { Fields } from './fields.ts';
import { isBlank } from './scalars.ts';

/** `https://name:token@host` and the like. */
const credentials = /[a-z][a-z0-9+.-]*:\/\/[^\s/@]*:[^\s/@]+@|[a-z]+:\/\/[^\s/@]{16,}@/i;

/** `commands`: each runs at a server's start. The playbook puts `|| true` behind each, as Hubwright does by itself. */
export function convertCommands(fields: Fields): string[] {
  const value = fields.take('commands');
  if (value === undefined) return [];
  if (isBlank(value)) {
    fields.markBlank('commands');
    return [];
  }
  if (value.kind === 'scalar' && value.loss === undefined) {
    fields.say(
      'info',
      `${fields.label('commands')} is a single text; it was taken as one command`,
      'The playbook wants a list, and runs each letter of a text.',
      'commands',
    );
  }
  const commands = fields.texts('commands').map((command) => command.replace(/\s+$/, ''));
  return commands.filter((command, index) => {
    if (!credentials.test(command)) return true;
    const why =
      'It holds a password or token in an address, which everyone with a server can read. Use a public address, or put the files into materials; and change the password.';
    fields.say(
      'todo',
      `Item ${index + 1} of ${fields.label('commands')} is not carried over`,
      why,
      'commands',
    );
    return false;
  });
}
