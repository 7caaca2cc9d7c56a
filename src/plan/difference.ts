import { canonicalJson } from '../platform/fingerprint.ts';
import { isSecret } from '../config/values.ts';
import type { FieldChange } from './plan.ts';

/** Field names whose contents are not shown, whatever they hold: a secret that nobody refers to any more still is one. */
const secretive = /(secret|token|password|cookie|cryptkeeper|private|apikey|credential)/i;

/** Stands for what a Secret holds and nobody may see; another one in each run (adapters/cluster/redact.ts). */
const digest = /^digest:[0-9a-f]{16}$/;

interface Comparison {
  /** Whether what only the first one has counts. Not, where the first is what a server filled in with defaults. */
  readonly whole: boolean;
  /** Whether two leaves mean the same. */
  readonly same: (before: unknown, after: unknown) => boolean;
}

/** The fields in which two trees differ, in order of their paths. Secrets are never part of what it gives. */
export function differences(before: unknown, after: unknown, comparison: Comparison): FieldChange[] {
  const found: FieldChange[] = [];
  compare({ before, after, path: '' }, comparison, found);
  return found;
}

interface Pair {
  readonly before: unknown;
  readonly after: unknown;
  readonly path: string;
}

function compare(pair: Pair, comparison: Comparison, found: FieldChange[]): void {
  const { before, after, path } = pair;
  // Most of what is compared: a tree of JSON differs from itself in nothing.
  if (before === after) return;
  if (isTree(before) && isTree(after)) {
    for (const key of keysOf(before, after, comparison)) {
      compare({ before: before[key], after: after[key], path: join(path, key) }, comparison, found);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists({ before, after, path }, comparison, found);
    return;
  }
  if (comparison.same(before, after)) return;
  found.push({ path, before: shown(path, before, after), after: shown(path, after, before) });
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSecret(value);
}

function keysOf(before: Tree, after: Tree, { whole }: Comparison): string[] {
  const keys = whole ? [...Object.keys(before), ...Object.keys(after)] : Object.keys(after);
  return [...new Set(keys)].toSorted();
}

/** Lists of named things are compared by name, as people think of them; others item by item. */
function compareLists(
  { before, after, path }: { before: unknown[]; after: unknown[]; path: string },
  comparison: Comparison,
  found: FieldChange[],
): void {
  const name = nameOf([...before, ...after]);
  if (name === undefined || before.length + after.length === 0) {
    const length = comparison.whole ? Math.max(before.length, after.length) : after.length;
    for (let index = 0; index < length; index++) {
      compare({ before: before[index], after: after[index], path: `${path}[${index}]` }, comparison, found);
    }
    return;
  }
  const old = new Map(before.map((item) => [name(item), item]));
  const wanted = new Map(after.map((item) => [name(item), item]));
  const names = comparison.whole ? [...old.keys(), ...wanted.keys()] : [...wanted.keys()];
  for (const key of new Set(names)) {
    compare({ before: old.get(key), after: wanted.get(key), path: `${path}[${key}]` }, comparison, found);
  }
}

/** What tells the items of a list apart: a key that all of them have, each with another text. */
function nameOf(items: readonly unknown[]): ((item: unknown) => string) | undefined {
  for (const key of ['slug', 'name', 'mountPath']) {
    const has = (item: unknown): boolean => isTree(item) && typeof item[key] === 'string';
    if (items.every(has)) return (item) => String((item as Tree)[key]);
  }
  return undefined;
}

function join(path: string, key: string): string {
  const word = /^[\w/-]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? word : `${path}.${word}`;
}

function shown(path: string, value: unknown, other: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (isSecret(value) || isSecret(other) || secretive.test(path)) return '(secret)';
  const plain = redacted(value);
  return plain === '(secret)' ? plain : canonicalJson(plain);
}

/** A whole subtree that comes or goes may hold secrets further down. */
function redacted(value: unknown): unknown {
  if (isSecret(value) || (typeof value === 'string' && digest.test(value))) return '(secret)';
  if (Array.isArray(value)) return value.map(redacted);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      secretive.test(key) && typeof part !== 'object' ? '(secret)' : redacted(part),
    ]),
  );
}
