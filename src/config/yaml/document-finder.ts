import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Path } from '../problem.ts';
import type { Finder, Found } from './finder.ts';
import { isMergePair, keyText, rangeOf } from './plain.ts';

interface Nodes {
  /** The key node, or nothing for an item of a list. */
  readonly key: unknown;
  readonly value: unknown;
}

/** Finds things in a document of the YAML library. Walks it anew each time. */
export class DocumentFinder implements Finder {
  readonly #document: Document.Parsed;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  get start(): number {
    return rangeOf(this.#document.contents)?.[0] ?? 0;
  }

  trail(path: Path): Found[] {
    const trail: Found[] = [];
    let node: unknown = this.#document.contents;
    for (const part of path) {
      const nodes = this.#child(node, part);
      if (nodes === undefined) break;
      const value = this.#resolve(nodes.value);
      trail.push({
        key: rangeOf(nodes.key),
        value: rangeOf(nodes.value),
        written: isScalar(value) ? value.source : undefined,
      });
      node = nodes.value;
    }
    return trail;
  }

  #child(parent: unknown, part: string | number, depth = 0): Nodes | undefined {
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

  #merged(pairs: readonly Pair[], part: string | number, depth: number): Nodes | undefined {
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
