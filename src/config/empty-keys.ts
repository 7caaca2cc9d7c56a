import type { z } from 'zod';
import { own, valueAt } from './merge.ts';
import type { Path, Problem } from './problem.ts';
import { environment } from './schema/environment.ts';
import { kindOf, schemaAt } from './shape/tree.ts';
import { unknownKey } from './shape/unknown-keys.ts';
import type { Source } from './source.ts';

/**
 * Keys with nothing behind them. In an environment one removes what `defaults` has, which is fine; anywhere else it
 * says nothing, and whoever wrote it probably meant to say something.
 */
export function emptyKeyProblems(
  source: Source,
  environments: readonly string[],
  others: readonly Problem[],
): Problem[] {
  const told = new Set(others.map((problem) => problem.path.join('\n')));
  return source.nulls
    .filter((path) => !told.has(path.join('\n')))
    .flatMap((path) => emptyKey(source, path, environments));
}

function emptyKey(source: Source, path: Path, environments: readonly string[]): Problem[] {
  const [section, second] = path;
  const inner = section === 'defaults' ? path.slice(1) : path.slice(2);
  // A list's empty item is a matter of its type; Helm gives null a meaning of its own.
  if (inner.length === 0 || inner.some((part) => typeof part === 'number')) return [];
  if (inner[0] === 'helmValues' && inner.length > 2) return [];
  if (section === 'defaults') return [emptyKeyProblem(source, path, inner, environments)];
  if (section !== 'environments' || !environments.includes(String(second))) return [];
  const removes = valueAt(own(source.value, 'defaults'), inner);
  return removes === undefined || removes === null
    ? [emptyKeyProblem(source, path, inner, [String(second)])]
    : [];
}

function emptyKeyProblem(source: Source, path: Path, inner: Path, environments: readonly string[]): Problem {
  const key = String(inner.at(-1));
  const place = source.place(path, 'key');
  if (schemaAt(environment, inner) === undefined && schemaAt(environment, inner.slice(0, -1)) !== undefined) {
    const { finding } = unknownKey({ root: environment, at: inner.slice(0, -1), key, value: null });
    const { code, severity, message, fix } = finding;
    return { code, severity, message, fix, path, place, environments };
  }
  const removes =
    path[0] === 'defaults' ? 'so it says nothing' : `and it removes nothing: \`defaults\` has no \`${key}\``;
  const message = `\`${key}:\` has nothing behind it, ${removes}`;
  const schema = schemaAt(environment, inner) ?? environment;
  const kind = kindOf(schema);
  const empty = (schema as z.ZodType).safeParse({}).success
    ? `Write \`${key}: {}\`, indent its fields below it by two spaces,`
    : 'Indent its fields below it by two spaces';
  const write = kind === 'object' || kind === 'record' ? empty : 'Write a value';
  return {
    code: 'empty-key',
    severity: 'warning',
    message,
    fix: `${write} or remove the line.`,
    path,
    place,
    environments,
  };
}
