import { shellWord } from '../../config/shell-word.ts';
import { catalog } from '../catalog.ts';

/** Which environment of which file a command is about, once it is known. */
export interface Meant {
  /** Hubwright as it was called: `hubwright`, `./hubwright`. */
  readonly program: string;
  environment: string | undefined;
  /** ` --file PATH`, or nothing where the hub.yaml of this folder is meant. */
  sameAgain: string;
}

const verbs = ['up', 'down', 'deploy', 'plan', 'rollback', 'status', 'verify', 'logs', 'users'] as const;
const command = new RegExp(`hubwright (${verbs.join('|')})\\b([^\`]*)`);
const quoted = new RegExp(`\`${command.source}\``, 'g');
const whole = new RegExp(`^${command.source}$`);

/** Nobody else may be meant by the word: `another hubwright process`. */
const spoken = new RegExp(
  `(?<![\\w./-])hubwright(?= (?:${catalog.map(({ name }) => name).join('|')}|help|--help)\\b)`,
  'g',
);

/** The text with the program in it as it was called. */
export function called(text: string, program: string): string {
  return program === 'hubwright' ? text : text.replaceAll(spoken, () => program);
}

/** The program as the launcher was called. */
export function programOf(env: NodeJS.ProcessEnv): string {
  return shellWord(env['HUBWRIGHT_COMMAND'] || 'hubwright');
}

/**
 * The text with its commands (in backquotes, or the text as a whole) ready to be pasted: about this environment and
 * this file. Those who write an error deep inside need not know either. Usage lines, with `[` or `…`, stay as they are.
 */
export function pasteable(text: string, { environment, sameAgain, program }: Meant): string {
  if (environment === undefined) return called(text, program);
  const complete = (verb: string, rest: string): string => {
    if (/[[…]/.test(rest)) return `hubwright ${verb}${rest}`;
    const word = rest.split(' ')[1];
    // Those two have words of their own there: `logs hub`, `users list`.
    const isOther = verb !== 'logs' && verb !== 'users' && word !== undefined && !word.startsWith('-');
    const named = word === environment || isOther ? rest : ` ${environment}${rest}`;
    return `hubwright ${verb}${named}${rest.includes(' --file ') ? '' : sameAgain}`;
  };
  const completed = text
    .replaceAll(quoted, (_match, verb: string, rest: string) => `\`${complete(verb, rest)}\``)
    .replace(whole, (_match, verb: string, rest: string) => complete(verb, rest));
  return called(completed, program);
}

/** What has to stand behind a command for it to mean that file, as it is written from here. */
export function fileOption(file: string): string {
  return file === 'hub.yaml' ? '' : ` --file ${shellWord(file)}`;
}
