import { isMap, own } from '../merge.ts';
import type { Finding, Path } from '../problem.ts';
import { exampleOf } from './tree.ts';
import type { Schema } from './tree.ts';
import { inline, label, nested } from './words.ts';

const sources = ['fromEnv', 'fromFile', 'fromSops'];

/** A secret written into the file. Its value is in no message. */
export function plainSecret(schema: Schema, path: Path, value: unknown): Finding {
  const name = label(path);
  const key = String(path.at(-1));
  const example = exampleOf(schema) ?? { fromEnv: 'SECRET' };
  const other =
    own(example, 'fromFile') === undefined
      ? { fromFile: `secrets/${fileName(key)}` }
      : { fromEnv: key.toUpperCase() };
  const fix = `Write \`${nested([key], example)}\` or \`${inline(other)}\``;
  const change =
    typeof value === 'string' && value !== '' ? ', and change the secret if the file was ever shared' : '';
  return {
    code: 'plain-secret',
    severity: 'error',
    path,
    at: 'value',
    message: `${name} is written into the file, where everybody who sees the file can read it`,
    fix: `${fix}${change}.`,
    masked: true,
  };
}

/** A reference with no source, or with several. Undefined if it has one, and the fault is inside of it. */
export function secretMap(path: Path, value: unknown): Finding | undefined {
  const written = isMap(value)
    ? Object.keys(value).filter((key) => sources.includes(key) && own(value, key) !== undefined)
    : [];
  if (written.length === 1) return undefined;
  const message =
    written.length === 0
      ? `${label(path)} does not say where the secret is`
      : `${label(path)} names ${String(written.length)} sources, and a secret has one`;
  return {
    code: 'secret-source',
    severity: 'error',
    path,
    at: 'key',
    message,
    fix: 'Write one of `{ fromEnv: VARIABLE }`, `{ fromFile: path }` or `{ fromSops: { file: path, key: name } }`.',
    masked: true,
  };
}

function fileName(key: string): string {
  return key.replaceAll(/(?=[A-Z])/g, '-').toLowerCase();
}
