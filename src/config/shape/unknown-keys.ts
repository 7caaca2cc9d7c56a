import type { z } from 'zod';
import type { Finding, Path } from '../problem.ts';
import { bare, closest } from './distance.ts';
import { formatHint } from './formats.ts';
import { advice, knownNames, synonyms } from './known-names.ts';
import { isSecretName } from './secret-names.ts';
import { childOf, elementOf, exampleOf, fieldsOf, formatOf, kindOf, schemaAt } from './tree.ts';
import type { Schema } from './tree.ts';
import { containerName, nested, oneOf } from './words.ts';

/** A key that the schema does not know, and the field that was probably meant by it. */
export interface UnknownKey {
  readonly finding: Finding;
  /** Path of the field it stands for, so that the same field is not also called missing. */
  readonly meant: Path | undefined;
}

interface Context {
  /** Schema of a whole environment: the key may belong elsewhere in it. */
  readonly root: Schema;
  /** Path of the map that holds the key, counted from the environment. */
  readonly at: Path;
  readonly key: string;
  readonly value: unknown;
}

/** Explains an unknown key: a known name of another tool, a typing error, or a key at the wrong place. */
export function unknownKey(context: Context): UnknownKey {
  const { at, key } = context;
  const guess =
    oddCharacter(context) ??
    notAChart(context) ??
    synonym(context) ??
    knownName(context) ??
    sibling(context) ??
    elsewhere(context) ??
    listOfFields(context);
  const finding: Finding = {
    code: 'unknown-key',
    severity: 'error',
    path: [...at, key],
    at: 'key',
    message: `\`${key}\` is not a field of ${containerName(at)}`,
    fix: guess.fix,
    ...(isSecretName(key) ? { masked: true as const } : {}),
  };
  return { finding, meant: guess.meant };
}

interface Guess {
  readonly fix: string;
  readonly meant: Path | undefined;
}

/** A blank that is not a blank came along from a web page or a word processor. */
function oddCharacter({ at, key, root }: Context): Guess | undefined {
  const clean = key.replaceAll(/[\u00A0\u2000-\u200D\u202F\u2060\u3000\uFEFF]/g, '');
  if (clean === key) return undefined;
  const meant = childOf(schemaAt(root, at) ?? root, clean) === undefined ? undefined : [...at, clean];
  return {
    fix: `Type \`${clean}\` anew: there is an invisible character in it, probably copied from a web page.`,
    meant,
  };
}

/** Values for Helm stand under the name of their chart. */
function notAChart({ at, key }: Context): Guess | undefined {
  if (
    at.length !== 1 ||
    at[0] !== 'helmValues' ||
    closest(key, ['jupyterhub', 'longhorn', 'monitoring']) !== undefined
  )
    return undefined;
  return {
    fix: `Put it under the name of its chart: \`helmValues: { jupyterhub: { ${key}: … } }\`.`,
    meant: undefined,
  };
}

/** `cores` for `cpu`, where the map has it. */
function synonym({ root, at, key }: Context): Guess | undefined {
  const name = Object.hasOwn(synonyms, key) ? synonyms[key] : undefined;
  if (name === undefined || childOf(schemaAt(root, at) ?? root, name) === undefined) return undefined;
  return { fix: `Write \`${name}\`.`, meant: [...at, name] };
}

function knownName(context: Context): Guess | undefined {
  const { at, key } = context;
  if (Object.hasOwn(advice, key)) return { fix: advice[key] ?? '', meant: undefined };
  const known = [`${at.at(-1) ?? ''}.${key}`, key].find((name) => Object.hasOwn(knownNames, name));
  const target = known === undefined ? undefined : knownNames[known];
  return target === undefined ? undefined : pointTo(context, target.split('.'));
}

function sibling(context: Context): Guess | undefined {
  const { root, at, key } = context;
  const fields = fieldsOf(schemaAt(root, at) ?? root) ?? {};
  const name = closest(key, Object.keys(fields));
  if (name === undefined) return undefined;
  return { fix: `Write \`${name}\`.`, meant: [...at, name] };
}

/** The same name, or nearly so, somewhere else in the schema. */
function elsewhere(context: Context): Guess | undefined {
  const { root, at, key } = context;
  const wanted = bare(key);
  const found = allFields(root, []).filter((path) => bare(path.at(-1) ?? '') === wanted);
  const fitting = found.filter((path) => fits(schemaAt(root, path), context.value));
  const best = nearest(fitting.length > 0 ? fitting : found, at);
  return best === undefined ? undefined : pointTo(context, best);
}

/** `limit: 2G` is one of memory, not one of cpu. */
function fits(schema: Schema | undefined, value: unknown): boolean {
  return schema !== undefined && (schema as z.ZodType).safeParse(value).success;
}

function nearest(paths: readonly (readonly string[])[], at: Path): readonly string[] | undefined {
  const shared = (path: readonly string[]): number => {
    let count = 0;
    while (count < at.length && matches(path[count], at[count])) count += 1;
    return count * 10 - path.length;
  };
  return paths.toSorted((left, right) => shared(right) - shared(left))[0];
}

function matches(pattern: string | undefined, part: string | number | undefined): boolean {
  return pattern === '*' || pattern === part;
}

/** Every path of the schema, with `*` for keys that people choose. */
function allFields(schema: Schema, path: readonly string[]): (readonly string[])[] {
  const fields = fieldsOf(schema);
  if (fields !== undefined && formatOf(schema) !== 'secret') {
    return Object.entries(fields).flatMap(([key, child]) => [
      [...path, key],
      ...allFields(child, [...path, key]),
    ]);
  }
  const element = kindOf(schema) === 'record' ? elementOf(schema) : undefined;
  return element === undefined ? [] : allFields(element, [...path, '*']);
}

/** Says where the key belongs, with the value in place where the new place is below the old one. */
function pointTo(context: Context, target: readonly string[]): Guess {
  const { at, key, value, root } = context;
  const below = at.every((part, index) => matches(target[index], part));
  const rest = target.slice(at.length);
  const schema = schemaAt(root, target);
  if (below && !rest.includes('*')) {
    const name = rest.join('.');
    const written = writtenAs(key, rest, value, schema);
    return {
      fix: written === undefined ? `Write \`${name}\`.` : `Write \`${written}\`.`,
      meant: [...at, ...rest],
    };
  }
  const place = target.map((part) => (part === '*' ? 'NAME' : part));
  const parent = place.slice(0, -1).join('.');
  const name = place.at(-1) ?? '';
  const where = parent === '' ? 'directly under the environment (or `defaults`)' : `under \`${parent}\``;
  return {
    fix:
      bare(name) === bare(key)
        ? `Move it: \`${name}\` belongs ${where}.`
        : `Write it as \`${name}\` ${where}.`,
    meant: undefined,
  };
}

/** The whole corrected line, where the value fits the new place as it is. */
function writtenAs(
  key: string,
  rest: readonly string[],
  value: unknown,
  schema: Schema | undefined,
): string | undefined {
  if (schema === undefined) return undefined;
  if (formatOf(schema) === 'secret' || isSecretName(key))
    return formatOf(schema) === 'secret' ? nested(rest, exampleOf(schema)) : undefined;
  if (key === 'iris_iam' || key === 'use_gpus') return nested(rest, key === 'use_gpus' ? 1 : 'iris-iam');
  const takesScalar = !['object', 'record', 'array'].includes(kindOf(schema));
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  if (takesScalar && isScalar) return nested(rest, corrected(value, schema));
  // Renamed with the same value below it, or an example where the value has another form here.
  if (fits(schema, value) && rest.length > 1) return nested(rest, value);
  const isRenamed = rest.length === 1 && bare(rest[0] ?? '') === bare(key);
  return isRenamed ? undefined : nested(rest, exampleOf(schema));
}

/** A new name with an old unit would be the next problem: the fix has both right. */
function corrected(value: unknown, schema: Schema): unknown {
  const format = formatOf(schema);
  const hint = format === undefined ? undefined : formatHint(format, value).instead;
  const number = kindOf(schema) === 'number' ? Number(hint ?? value) : Number.NaN;
  return Number.isNaN(number) ? (hint ?? value) : number;
}

function listOfFields({ root, at }: Context): Guess {
  const names = Object.keys(fieldsOf(schemaAt(root, at) ?? root) ?? {});
  if (names.length === 0) return { fix: 'Remove it.', meant: undefined };
  const shown = names.length > 12 ? names.slice(0, 12) : names;
  const more = names.length > 12 ? ' and others (docs/config.md)' : '';
  const list = more === '' ? oneOf(shown) : shown.map((name) => `\`${name}\``).join(', ');
  return { fix: `Remove it, or write one of its fields: ${list}${more}.`, meant: undefined };
}
