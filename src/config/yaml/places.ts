import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Path, Place } from '../problem.ts';
import type { Lines } from './lines.ts';
import { isMergePair, keyText, rangeOf } from './plain.ts';

interface Found {
  /** The key node, or nothing for an item of a list. */
  readonly key: unknown;
  readonly value: unknown;
}

/** Finds where something is written. Walks the document anew each time: only problems ask, and they are few. */
export class Places {
  readonly #document: Document.Parsed;
  readonly #lines: Lines;

  constructor(document: Document.Parsed, lines: Lines) {
    this.#document = document;
    this.#lines = lines;
  }

  /** The place of a key or of its value; where it is not written, that of the nearest parent's key. */
  of(path: Path, at: 'key' | 'value'): Place {
    const trail = this.#trail(path);
    const exact = trail.length === path.length;
    for (let index = trail.length - 1; index >= 0; index -= 1) {
      const range = rangeFor(trail[index], exact && index === path.length - 1 ? at : 'key');
      if (range !== undefined) return this.#lines.place(range[0], range[1]);
    }
    const start = rangeOf(this.#document.contents)?.[0] ?? 0;
    return this.#lines.place(start);
  }

  /** The scalar at a path as it stands in the file: `1.10` where the value is 1.1. */
  written(path: Path): string | undefined {
    const trail = this.#trail(path);
    const found = trail.length === path.length ? trail.at(-1) : undefined;
    const node = found === undefined ? undefined : this.#resolve(found.value);
    return isScalar(node) ? node.source : undefined;
  }

  #trail(path: Path): Found[] {
    const trail: Found[] = [];
    let node: unknown = this.#document.contents;
    for (const part of path) {
      const found = this.#child(node, part);
      if (found === undefined) break;
      trail.push(found);
      node = found.value;
    }
    return trail;
  }

  #child(parent: unknown, part: string | number, depth = 0): Found | undefined {
    const node = this.#resolve(parent);
    if (isSeq(node))
      return typeof part === 'number' && part < node.items.length
        ? { key: undefined, value: node.items[part] }
        : undefined;
    if (!isMap(node) || depth > 20) return undefined;
    const pair = node.items.findLast((item) => !isMergePair(item) && keyText(item.key) === String(part));
    if (pair !== undefined) return { key: pair.key, value: pair.value };
    return this.#merged(node.items.filter(isMergePair), part, depth);
  }

  #merged(pairs: readonly Pair[], part: string | number, depth: number): Found | undefined {
    for (const pair of pairs) {
      for (const source of isSeq(pair.value) ? pair.value.items : [pair.value]) {
        const found = this.#child(source, part, depth + 1);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return node as Node | undefined;
  }
}

function rangeFor(found: Found | undefined, at: 'key' | 'value'): readonly [number, number] | undefined {
  if (found === undefined) return undefined;
  const key = rangeOf(found.key);
  const value = rangeOf(found.value);
  if (at === 'key') return key ?? value;
  // A key with nothing behind it has an empty value somewhere behind the colon: the key is easier to see.
  const empty = value === undefined || value[0] === value[1];
  return empty ? (key ?? value) : value;
}
