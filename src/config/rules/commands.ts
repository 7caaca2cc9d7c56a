import { error, warning } from './rule.ts';
import type { ProfileRule } from './rule.ts';

/** Servers do not run as root: what needs it fails in each of them. */
export const commandsWithoutRoot: ProfileRule = ({ commands }) =>
  commands.flatMap((command, index) => {
    const word = /(?:^|[;&|]\s*)(sudo|apt-get|apt|yum|dnf|apk)\s/.exec(command)?.[1];
    if (word === undefined) return [];
    const message = `\`${word}\` needs root, and servers do not run as root: the command will fail in each of them`;
    return [
      warning({
        code: 'command-needs-root',
        path: ['commands', index],
        message,
        fix: 'Put the software into the image; `pip install --user` works in a command.',
      }),
    ];
  });

/** Quotes from a word processor are plain letters to the shell. */
export const commandsWithPlainQuotes: ProfileRule = ({ commands }) =>
  commands.flatMap((command, index) => {
    const odd = /[“”„‘’–—\u00A0]/.exec(command)?.[0];
    if (odd === undefined) return [];
    const what = odd === '\u00A0' ? 'a non-breaking space' : `\`${odd}\``;
    return [
      warning({
        code: 'command-odd-character',
        path: ['commands', index],
        message: `The shell does not know ${what} as a quote, dash or blank; it probably came from a web page`,
        fix: 'Type it anew.',
      }),
    ];
  });

/** A password in an address of a command is shown to everybody who opens a terminal. */
export const commandsWithoutSecrets: ProfileRule = ({ commands }) =>
  commands.flatMap((command, index) => {
    if (!/https?:\/\/[^\s/:@]*:[^\s/@]+@|https?:\/\/[^\s/:@]{20,}@/.test(command)) return [];
    const found = error({
      code: 'secret-in-command',
      path: ['commands', index],
      message:
        'The address in this command holds a password or token, and everybody with a server can read it',
      fix: 'Use a public address or put the files into `materials`; change the password if the file was ever shared.',
    });
    return [{ ...found, masked: true }];
  });

/** The same for variables. */
export const variablesWithoutSecrets: ProfileRule = ({ environment }) =>
  Object.entries(environment).flatMap(([name, value]) => {
    if (value.length < 6 || !/PASSW|TOKEN|SECRET|API_?KEY|PRIVATE_KEY|CREDENTIAL/i.test(name)) return [];
    const found = warning({
      code: 'secret-in-variable',
      path: ['environment', name],
      message: `\`${name}\` looks like a secret, and everybody with a server of this profile can read it`,
      fix: 'Remove it unless everybody may know it.',
    });
    return [{ ...found, masked: true }];
  });
