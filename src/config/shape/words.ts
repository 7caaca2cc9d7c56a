import type { Path } from '../problem.ts';

/** A value as it can be written on one line of YAML, cut where it is long. */
export function inline(value: unknown, most = 200): string {
  const text = inlineWhole(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function inlineWhole(value: unknown): string {
  if (typeof value === 'string') return scalar(value);
  if (Array.isArray(value)) return `[${value.map(inlineWhole).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, child]) => `${key}: ${inlineWhole(child)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return value === null || value === undefined ? '…' : plainText(value);
}

/** A scalar as text; maps and lists as what they are. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeName(value);
}

/** A text, in quotes only where YAML would read it as something else. */
export function scalar(text: string): string {
  const plain = /^[A-Za-z0-9/][A-Za-z0-9 ./:@_+-]*$/.test(text) && !/: |:$| $/.test(text);
  const number = /^(\d[\d_]*\.?\d*([eE][+-]?\d+)?|0[xo][\da-fA-F]+)$/.test(text);
  const word = /^(true|false|null)$/i.test(text);
  return plain && !number && !word ? text : `'${text.replaceAll("'", "''")}'`;
}

/** `memory: { limit: 1.8G }` for the path `memory.limit`. */
export function nested(path: readonly string[], value: unknown): string {
  const [key, ...rest] = path;
  if (key === undefined) return inline(value);
  return rest.length === 0 ? `${key}: ${inline(value)}` : `${key}: { ${nested(rest, value)} }`;
}

/** A short name of a field, for a message that stands above its line: `memory.limit`, `users.count`. */
export function label(path: Path): string {
  const index = path.at(-1);
  if (typeof index === 'number') return `Item ${String(index + 1)} of ${label(path.slice(0, -1))}`;
  const inner = path[0] === 'profiles' && path.length > 2 ? path.slice(2) : path;
  return `\`${inner.slice(-2).join('.')}\``;
}

/** What a map is called: `profile gpu`, `auth.accounts`. */
export function containerName(path: Path): string {
  if (path.length === 0) return 'an environment';
  if (path[0] === 'profiles' && path.length === 2) return `the profile \`${String(path[1])}\``;
  return label(path);
}

/** `a`, `b` or `c` */
export function oneOf(choices: readonly unknown[]): string {
  const texts = choices.map((choice) => `\`${String(choice)}\``);
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} or ${last}`;
}

/** What YAML made of it, in words. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? 'a yes/no value' : 'text';
}

/** The text with a capital first letter. */
export function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
