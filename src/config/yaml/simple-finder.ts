import type { Path } from '../problem.ts';
import type { Finder, Found } from './finder.ts';
import { inlineValue } from './inline.ts';
import { type Line, isItem, keyPattern, linesOf } from './simple-lines.ts';

/** A key or an item of a list, with what stands behind it or below. */
interface Node extends Found {
  readonly children: () => Children;
}

/** By key, or by number in a list. */
type Children = ReadonlyMap<string | number, Node>;

const none: Children = new Map();

/**
 * Finds things in a text that `readSimple` has read: there is no fault in it. Only the blocks on the way to what is
 * asked for are looked at, each once.
 */
export class SimpleFinder implements Finder {
  readonly start: number;
  readonly #lines: readonly Line[];
  readonly #root: () => Children;

  constructor(text: string) {
    this.#lines = linesOf(text);
    this.start = this.#lines[0]?.start ?? 0;
    this.#root = once(() => this.#map(0));
  }

  trail(path: Path): Node[] {
    const trail: Node[] = [];
    let children = this.#root;
    for (const part of path) {
      const node = children().get(part);
      if (node === undefined) break;
      trail.push(node);
      children = node.children;
    }
    return trail;
  }

  /** The keys in the column of that line. */
  #map(from: number): Children {
    return this.#block(
      from,
      (line) => !isItem(line),
      (line, index) => {
        const [before = '', key = ''] = keyPattern.exec(line.text) ?? [];
        return [key, this.#behind(line, index, before, [line.start, line.start + key.length])];
      },
    );
  }

  /** The items in the column of that line. */
  #list(from: number): Children {
    let count = 0;
    return this.#block(from, isItem, (line, index) => {
      const [before = ''] = /^- +/.exec(line.text) ?? [];
      return [count++, this.#behind(line, index, before, undefined)];
    });
  }

  #block(
    from: number,
    isOne: (line: Line) => boolean,
    entry: (line: Line, index: number) => readonly [string | number, Node],
  ): Children {
    const indent = this.#lines[from]?.indent ?? 0;
    const children = new Map<string | number, Node>();
    for (let index = from; index < this.#lines.length; index += 1) {
      const line = this.#lines[index];
      if (line === undefined || line.indent < indent) break;
      if (line.indent > indent) continue;
      if (isOne(line)) children.set(...entry(line, index));
      // The next key ends a list that stands in the column of its own.
      else if (isOne === isItem) break;
    }
    return children;
  }

  /** What stands behind `before` on the line, or else on the lines below it. */
  #behind(line: Line, index: number, before: string, key: Found['key']): Node {
    const rest = line.text.slice(before.length);
    const start = line.start + before.length;
    if (rest !== '' && !rest.startsWith('#')) return inlineNode(rest, start, key);
    const next = this.#lines[index + 1];
    const isList = next !== undefined && isItem(next) && next.indent >= line.indent;
    if (next === undefined || (!isList && next.indent <= line.indent))
      return { key, value: undefined, written: '', children: () => none };
    const below = index + 1;
    return {
      key,
      // To the end of its last line; only the first one is shown.
      value: [next.start, Infinity],
      written: undefined,
      children: once(() => (isList ? this.#list(below) : this.#map(below))),
    };
  }
}

/** A value on the line itself, at that offset. */
function inlineNode(text: string, offset: number, key: Found['key']): Node {
  // Inner values are told first: what was found for a path is there when its parent comes.
  const found = new Map<string, Map<string | number, Node>>();
  let whole: Node | undefined;
  inlineValue(text, [], [], (path, [start, end], inner) => {
    const children = found.get(path.join()) ?? new Map<string | number, Node>();
    const node: Node = {
      key: inner === undefined ? undefined : [offset + inner[0], offset + inner[1]],
      value: [offset + start, offset + end],
      written: writtenScalar(text.slice(start, end)),
      children: () => children,
    };
    const last = path.at(-1);
    if (last === undefined) {
      whole = { ...node, key };
      return;
    }
    const parent = path.slice(0, -1).join();
    const siblings = found.get(parent) ?? new Map<string | number, Node>();
    found.set(parent, siblings.set(last, node));
  });
  return whole ?? { key, value: undefined, written: undefined, children: () => none };
}

/** Without its quotes; undefined for what is no scalar. */
function writtenScalar(text: string): string | undefined {
  if (/^[[{]/.test(text)) return undefined;
  return /^['"]/.test(text) ? text.slice(1, -1) : text;
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
