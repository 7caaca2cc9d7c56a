import type { Path } from '../problem.ts';
import { inlineValue } from './inline.ts';
import { type Line, isItem, keyPattern, linesOf } from './simple-lines.ts';

/**
 * Reads the plain part of YAML that config files are written in: maps by indentation, lists of values, `{ … }` and
 * `[ … ]` on one line, comments. For anything else (anchors, tags, texts over several lines, odd quotes, every fault)
 * it gives up, and the YAML library reads the file.
 *
 * Why: the library takes 0.9 s for 200 written-out environments, this 30 ms, and 20 ms to be loaded at all. That both
 * read the same is held by a property test, also where things stand (simple-finder.ts).
 */
export function readSimple(text: string): SimpleDocument | undefined {
  if (strange.test(text)) return undefined;
  const lines = linesOf(text);
  const reader = new Reader(lines);
  const value = lines[0]?.indent === 0 && !isItem(lines[0]) ? reader.map(0, []) : undefined;
  return value === undefined || !reader.isAtEnd() ? undefined : { value, nulls: reader.nulls };
}

export interface SimpleDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** Keys with nothing behind them. */
  readonly nulls: readonly Path[];
}

/** Characters that YAML, or people's editors, treat in ways of their own. */
const strange = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00A0\uFEFF](?<![\n\r])|\r(?!\n)/u;

const mostDepth = 50;

class Reader {
  readonly nulls: Path[] = [];
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** The map whose keys stand in this column; undefined where it is none that we know. */
  map(indent: number, path: Path): Record<string, unknown> | undefined {
    const result: Record<string, unknown> = {};
    for (
      let line = this.#lines[this.#at];
      line !== undefined && line.indent >= indent;
      line = this.#lines[this.#at]
    ) {
      const match = line.indent === indent ? keyPattern.exec(line.text) : null;
      const key = match?.[1];
      if (match === null || key === undefined || Object.hasOwn(result, key) || key === '__proto__')
        return undefined;
      this.#at += 1;
      const here = [...path, key];
      const rest = line.text.slice(match[0].length);
      const value =
        rest === '' || rest.startsWith('#') ? this.#below(indent, here) : this.#inline(rest, indent, here);
      if (value === undefined) return undefined;
      result[key] = value;
    }
    return result;
  }

  /** What stands on the lines below a key. */
  #below(indent: number, path: Path): unknown {
    const next = this.#lines[this.#at];
    if (path.length > mostDepth) return undefined;
    if (next !== undefined && isItem(next) && next.indent >= indent) return this.#list(next.indent);
    if (next !== undefined && next.indent > indent) return this.map(next.indent, path);
    this.nulls.push(path);
    return null;
  }

  #list(indent: number): unknown[] | undefined {
    const result: unknown[] = [];
    for (
      let line = this.#lines[this.#at];
      line !== undefined && line.indent >= indent;
      line = this.#lines[this.#at]
    ) {
      // A list may stand in the column of its key; then the next key ends it.
      if (line.indent === indent && !isItem(line)) break;
      if (line.indent !== indent) return undefined;
      this.#at += 1;
      const value = this.#inline(line.text.slice(2).trimStart(), indent, undefined);
      if (value === undefined) return undefined;
      result.push(value);
    }
    return result;
  }

  /** A value on the line itself. A line below it that is indented further would belong to it. */
  #inline(text: string, indent: number, path: Path | undefined): unknown {
    const next = this.#lines[this.#at];
    if (next !== undefined && next.indent > indent) return undefined;
    const nulls: Path[] = [];
    const value = inlineValue(text, path ?? [], nulls);
    // Nulls in a list's maps have a number in their path; the library's reader tells them, so it may.
    if (path === undefined && nulls.length > 0) return undefined;
    this.nulls.push(...nulls);
    return value;
  }
}
