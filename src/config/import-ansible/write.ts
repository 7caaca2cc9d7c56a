import { Blank, isSettings } from './types.ts';
import type { Settings, Tree } from './types.ts';
import { blockText, commentText, keyText, scalarText } from './write-scalar.ts';

/** Comment lines by the path of the key that they stand above, such as `environments.training`. */
type Comments = ReadonlyMap<string, readonly string[]>;

const widest = 100;

/** Maps that are read one entry a line, however short they are. */
const alwaysOpen =
  /^(?:defaults|environments|(?:defaults|environments\.[^.]+)\.(?:auth|profiles|profiles\.[^.]+))$/;

/** Keys in the order of docs and examples; others follow. */
const order = [
  'name',
  'defaults',
  'environments',
  'target',
  'contactEmail',
  'kubernetes',
  'openstack',
  'address',
  'https',
  'auth',
  'profiles',
  'materials',
  'charts',
  'displayName',
  'description',
  'default',
  'image',
  'cpu',
  'memory',
  'gpus',
  'commands',
  'placeholders',
];

/** Writes settings as YAML: short maps on one line, what is not known as a comment in its place. */
export function writeYaml(settings: Settings, comments: Comments): string {
  return `${mapLines(settings, '', { path: '', comments }).join('\n')}\n`;
}

interface At {
  readonly path: string;
  readonly comments: Comments;
}

function mapLines(map: Settings, pad: string, at: At): string[] {
  return Object.entries(map)
    .toSorted(([a], [b]) => rank(a, at) - rank(b, at))
    .flatMap(([key, value]) => {
      const path = at.path === '' ? key : `${at.path}.${key}`;
      const above = (at.comments.get(path) ?? []).map((line) => `${pad}${commentText(line)}`);
      return [...above, ...entryLines(key, value, pad, { ...at, path })];
    });
}

/** Names that people chose keep their order. */
function rank(key: string, at: At): number {
  if (/(?:^|\.)(?:environments|profiles)$/.test(at.path)) return 0;
  const index = order.indexOf(key);
  return index < 0 ? order.length : index;
}

function entryLines(key: string, value: Tree, pad: string, at: At): string[] {
  const name = `${pad}${keyText(key)}:`;
  if (value instanceof Blank) return [`${pad}${commentText(`${key}: ${value.hint}`)}`];
  if (isSettings(value)) return mapEntry(name, value, pad, at);
  if (isList(value)) return listEntry(name, value, pad);
  const block = typeof value === 'string' ? blockText(value, `${pad}  `) : undefined;
  return [`${name} ${block ?? scalarText(value, false)}`];
}

function mapEntry(name: string, map: Settings, pad: string, at: At): string[] {
  const blanks = Object.entries(map).filter(([, value]) => value instanceof Blank);
  if (blanks.length === Object.keys(map).length) {
    const hints = blanks.map(([key, value]) => `${key}: ${value instanceof Blank ? value.hint : ''}`);
    return [`${name} {}${hints.length === 0 ? '' : ` ${commentText(hints.join(', '))}`}`];
  }
  const inline = alwaysOpen.test(at.path) && !isOneField(map, at) ? undefined : flowText(map);
  if (inline !== undefined && name.length + inline.length < widest) return [`${name} ${inline}`];
  return [name, ...mapLines(map, `${pad}  `, at)];
}

/** One field that an environment changes in a profile. */
function isOneField(map: Settings, at: At): boolean {
  return Object.keys(map).length === 1 && /^environments\..*\.profiles\./.test(at.path);
}

function listEntry(name: string, list: readonly Tree[], pad: string): string[] {
  const inline = flowText(list);
  if (inline !== undefined && name.length + inline.length < widest) return [`${name} ${inline}`];
  return [name, ...list.map((item) => `${pad}  - ${itemText(item, `${pad}    `)}`)];
}

function itemText(item: Tree, pad: string): string {
  if (typeof item === 'string') return blockText(item, pad) ?? scalarText(item, false);
  return flowText(item, 'everything') ?? '{}';
}

/** On one line; undefined where that would hide something: a comment, or (but for `everything`) a text of several lines. */
function flowText(tree: Tree, what: 'short' | 'everything' = 'short'): string | undefined {
  if (tree instanceof Blank) return undefined;
  if (isList(tree))
    return joined(
      tree.map((item) => flowText(item, what)),
      (items) => `[${items}]`,
    );
  if (isSettings(tree)) {
    const entries = Object.entries(tree).map(([key, value]) => {
      const text = flowText(value, what);
      return text === undefined ? undefined : `${keyText(key)}: ${text}`;
    });
    return joined(entries, (items) => (items === '' ? '{}' : `{ ${items} }`));
  }
  return typeof tree === 'string' && tree.includes('\n') && what === 'short'
    ? undefined
    : scalarText(tree, true);
}

function joined(texts: readonly (string | undefined)[], wrap: (items: string) => string): string | undefined {
  return texts.includes(undefined) ? undefined : wrap(texts.join(', '));
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}
