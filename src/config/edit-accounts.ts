import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { UserError } from '../errors.ts';

type ListKey = 'admins' | 'extra';

export interface AccountEdit {
  readonly text: string;
  /** Whether the list stands in `defaults`: then other environments have the person too. */
  readonly inDefaults: boolean;
}

/**
 * Adds a person to the file's text. Only the list is touched: comments, order and style of the rest stay as they are.
 *
 * @throws UserError when the accounts are written as an alias.
 */
export function addAccount(text: string, environment: string, name: string, list: ListKey): AccountEdit {
  const document = parseDocument(text);
  const { accounts, inDefaults } = placeOf(document, environment, list);
  const found = accounts.get(list);
  return {
    text: isSeq(found) ? withItem(text, found, name) : withList(text, accounts, list, name),
    inDefaults,
  };
}

/**
 * Takes a person out of the file's text.
 *
 * @returns undefined when the list does not name the person.
 */
export function removeAccount(
  text: string,
  environment: string,
  name: string,
  list: ListKey,
): AccountEdit | undefined {
  const { accounts, inDefaults } = placeOf(parseDocument(text), environment, list);
  const found = accounts.get(list);
  if (!isSeq(found)) return undefined;
  const index = found.items.findIndex((item) => isScalar(item) && item.value === name);
  return index === -1 ? undefined : { text: withoutItem(text, found, index), inDefaults };
}

/** The map that holds the list in force; lists replace, so that only one is. */
function placeOf(
  document: Document,
  environment: string,
  list: ListKey,
): { accounts: YAMLMap; inDefaults: boolean } {
  const own = document.getIn(['environments', environment, 'auth', 'accounts']);
  const shared = document.getIn(['defaults', 'auth', 'accounts']);
  if (isMap(own) && (own.has(list) || !isMap(shared) || !shared.has(list)))
    return { accounts: own, inDefaults: false };
  if (isMap(shared)) return { accounts: shared, inDefaults: true };
  throw new UserError({
    what: 'The accounts of this environment are written in a way that cannot be edited here (an alias or merge key).',
    fix: `Write the name under \`auth.accounts.${list}\` yourself, then run \`hubwright up ${environment}\`.`,
    exitCode: 2,
  });
}

function withItem(text: string, list: YAMLSeq, name: string): string {
  const last = list.items.at(-1) as Node | undefined;
  const [start, end] = rangeOf(list);
  if (last === undefined) return splice(text, start, end, `[${name}]`);
  const at = rangeOf(last)[1];
  if (list.flow) return splice(text, at, at, `, ${name}`);
  return splice(text, at, at, `\n${' '.repeat(columnOf(text, start))}- ${name}`);
}

function withoutItem(text: string, list: YAMLSeq, index: number): string {
  const [start, end] = rangeOf(list);
  const items = list.items.map((item) => rangeOf(item as Node));
  if (items.length === 1) {
    const close = list.flow ? end : (items[0]?.[1] ?? end);
    return splice(text, start, close, '[]');
  }
  const item = items[index] ?? [start, end];
  if (!list.flow) return withoutLine(text, item[0]);
  // Together with the comma behind it, or before it for the last one.
  const next = items[index + 1];
  return next
    ? splice(text, item[0], next[0], '')
    : splice(text, items[index - 1]?.[1] ?? start, item[1], '');
}

/** A new list as the first entry of the map, in the map's own style. */
function withList(text: string, accounts: YAMLMap, list: ListKey, name: string): string {
  const [start] = rangeOf(accounts);
  if (!accounts.flow)
    return splice(text, start, start, `${list}: [${name}]\n${' '.repeat(columnOf(text, start))}`);
  const comma = accounts.items.length === 0 ? ' ' : ',';
  return splice(text, start + 1, start + 1, ` ${list}: [${name}]${comma}`);
}

function splice(text: string, from: number, to: number, replacement: string): string {
  return text.slice(0, from) + replacement + text.slice(to);
}

function withoutLine(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return splice(text, text.lastIndexOf('\n', offset) + 1, end === -1 ? text.length : end + 1, '');
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Start and end of a node's own text. */
function rangeOf(node: Node): [number, number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}
