import type { Finding, Path } from '../problem.ts';
import { formatHint } from './formats.ts';
import { label } from './words.ts';

/** A name that people chose themselves (of a profile, an environment, a variable) and that cannot be one. */
export function wrongKey(path: Path): Finding {
  const key = String(path.at(-1));
  const isVariable = path.at(-2) === 'environment';
  const hint = formatHint(isVariable ? 'variableName' : 'dnsLabel', key);
  const what = nameOf(path, isVariable);
  const fix = hint.instead === undefined ? `Use ${hint.expects}.` : `Write \`${hint.instead}\`.`;
  return {
    code: 'key-format',
    severity: 'error',
    path,
    at: 'key',
    message: `\`${key}\` cannot be ${what}: it must be ${isVariable ? 'letters, digits and `_`, not starting with a digit' : hint.expects}`,
    fix,
  };
}

function nameOf(path: Path, isVariable: boolean): string {
  if (isVariable) return 'the name of an environment variable';
  return path[0] === 'profiles' && path.length === 2
    ? 'the name of a profile'
    : `a key of ${label(path.slice(0, -1))}`;
}
