import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import type { Path } from '../problem.ts';
import { isSecretName } from '../shape/secret-names.ts';

/** A fault of the document that the YAML library lets pass. */
interface PlainFault {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly range: readonly [number, number];
}

interface Plain {
  readonly value: unknown;
  /** Keys with nothing behind them. */
  readonly nulls: readonly Path[];
  readonly faults: readonly PlainFault[];
}

/** More values than any real file has: what a few aliases of aliases reach (a "billion laughs" file). */
const mostValues = 1_000_000;

const mostDepth = 100;

/**
 * The document as plain maps, lists and values. An alias gives the very object that its anchor gave, so that what is
 * shared in the file is looked at once.
 */
export function toPlain(document: Document.Parsed): Plain {
  return new Reader(document).read();
}

/** Text of a key: as written, so that `1.10:` stays `1.10`. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return '';
  if (typeof key.value === 'string') return key.value;
  return key.source ?? String(key.value);
}

/** Whether a pair is a merge key, `<<: *other`. */
export function isMergePair(pair: Pair): boolean {
  return isScalar(pair.key) && typeof pair.key.value === 'symbol';
}

interface Size {
  values: number;
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #done = new Map<Node, { value: unknown; values: number }>();
  readonly #open = new Set<Node>();
  readonly #nulls: Path[] = [];
  readonly #faults: PlainFault[] = [];

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  read(): Plain {
    const value = this.#value(this.#document.contents, [], { values: 0 });
    return { value, nulls: this.#nulls, faults: this.#faults };
  }

  #value(node: unknown, path: Path, size: Size): unknown {
    size.values += 1;
    if (isScalar(node)) return this.#scalar(node);
    if (isAlias(node)) return this.#alias(node, path, size);
    if (!isMap(node) && !isSeq(node)) return null;
    if (path.length > mostDepth)
      return this.#fault('yaml-too-deep', node, 'Lists or maps are nested too deeply', 'Remove levels.');
    if (node.anchor === undefined) return this.#collection(node, path, size);
    this.#open.add(node);
    const ofNode: Size = { values: 0 };
    const value = this.#collection(node, path, ofNode);
    this.#open.delete(node);
    this.#done.set(node, { value, values: ofNode.values });
    size.values += ofNode.values;
    return value;
  }

  #scalar(node: Scalar): unknown {
    // A number too long for a double would silently change; as text it fails the check with what was written.
    if (typeof node.value === 'bigint') return String(node.value);
    return node.value;
  }

  #collection(node: Node, path: Path, size: Size): unknown {
    if (isMap(node)) return this.#map(node, path, size);
    if (!isSeq(node)) return null;
    return node.items.map((item, index) => this.#value(item, [...path, index], size));
  }

  #map(node: YAMLMap, path: Path, size: Size): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const pair of node.items) {
      if (isMergePair(pair)) this.#merge(result, pair, path, size);
    }
    for (const pair of node.items) {
      if (!isMergePair(pair)) this.#pair(result, pair, path, size);
    }
    return result;
  }

  #pair(result: Record<string, unknown>, pair: Pair, path: Path, size: Size): void {
    const key = keyText(pair.key);
    if (key === '' || key === '__proto__') {
      this.#badKey(pair);
      return;
    }
    const here = [...path, key];
    const value = this.#value(pair.value, here, size);
    if (value === null) this.#nulls.push(here);
    result[key] = value;
  }

  #badKey(pair: Pair): void {
    if (isMap(pair.key) && pair.key.flow === true) {
      this.#fault(
        'yaml-template',
        pair.key,
        'A template such as `{{ name }}` means nothing here',
        'Write the value itself.',
      );
    } else {
      this.#fault(
        'yaml-key',
        pair.key ?? pair.value,
        'This is not a usable key',
        'Write a plain name as the key.',
      );
    }
  }

  /** Keys of the map itself win over merged ones, and earlier merged maps over later ones. */
  #merge(result: Record<string, unknown>, pair: Pair, path: Path, size: Size): void {
    const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const before = this.#faults.length;
      const value = this.#value(source, [...path, '<<'], size);
      if (this.#faults.length > before) continue;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        this.#fault(
          'yaml-merge',
          source,
          '`<<` merges a map, and this is none',
          'Write `<<: *name`, where `&name` marks a map.',
        );
        continue;
      }
      for (const [key, child] of Object.entries(value)) {
        if (!Object.hasOwn(result, key)) result[key] = child;
      }
    }
  }

  #alias(alias: Alias, path: Path, size: Size): unknown {
    const target = alias.resolve(this.#document);
    // What looks like an alias may be a secret that starts with a star.
    const name = path.some((part) => isSecretName(String(part))) ? 'name' : alias.source;
    if (target === undefined) {
      return this.#fault('yaml-alias', alias, `No \`&${name}\` stands before this alias`, aliasFix(name));
    }
    if (this.#open.has(target)) {
      return this.#fault(
        'yaml-alias',
        alias,
        `\`*${name}\` refers to the value that it is part of`,
        'Write the value itself.',
      );
    }
    const done = this.#done.get(target);
    if (done === undefined) return this.#value(target, path, size);
    size.values += done.values;
    if (size.values > mostValues && this.#faults.length === 0) {
      this.#fault(
        'yaml-alias-bomb',
        alias,
        'The aliases of this file unfold to more than a million values',
        'Write the values out, or use `defaults`.',
      );
    }
    return size.values > mostValues ? null : done.value;
  }

  #fault(code: string, node: unknown, message: string, fix: string): null {
    this.#faults.push({ code, message, fix, range: rangeOf(node) ?? [0, 0] });
    return null;
  }
}

function aliasFix(name: string): string {
  return `Put \`&${name}\` at the value that is meant; if this is plain text, put it in quotes: \`'*${name}'\`.`;
}

/** Where a node stands: start, and end without trailing blanks. */
export function rangeOf(node: unknown): readonly [number, number] | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const range = node.range as readonly [number, number, number] | null | undefined;
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}
