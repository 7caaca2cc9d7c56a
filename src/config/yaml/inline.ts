import type { Path } from '../problem.ts';
import type { Range } from './finder.ts';

/**
 * The value that a text on one line is, with an optional comment behind it: a plain or quoted scalar, `[ … ]` or
 * `{ … }`. Undefined where the YAML library should look at it. Adds the paths of nulls that are keys' values.
 */
export function inlineValue(text: string, path: Path, nulls: Path[], see?: See): unknown {
  const scanner = new Scanner(text, nulls, see);
  const value = scanner.value(path, false);
  return value !== undefined && scanner.isAtEnd() ? value : undefined;
}

/** Told of each value, inner ones first, and of the key before it: offsets in the text. */
type See = (path: Path, value: Range, key: Range | undefined) => void;

const plainStart = /[A-Za-z0-9_/]/;
const flowKey = /([A-Za-z_][A-Za-z0-9_./-]*): +/y;
const single = /'([^'\n]*)'/y;
const double = /"([^"\\\n]*)"/y;

/** Ends where a comment, or what closes or parts a flow collection, begins. */
const plainInBlock = /(?:[^\s:#]|:(?=\S)|(?<=\S)#| +(?=[^\s#]))*/y;
const plainInFlow = /(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}])|(?<=[^\s,[\]{}])#| +(?=[^\s#,[\]{}]))*/y;

const integerOrFraction = /^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$/;
const numberLike = /^[-+]?(?:\.[0-9]+|[0-9]+\.?[0-9]*)(?:[eE][-+]?[0-9]+)?$|^0[xo]/;

class Scanner {
  readonly #text: string;
  readonly #nulls: Path[];
  readonly #see: See | undefined;
  #at = 0;
  /** Behind the last thing, without the blanks that are stepped over as well. */
  #end = 0;

  constructor(text: string, nulls: Path[], see: See | undefined) {
    this.#text = text;
    this.#nulls = nulls;
    this.#see = see;
  }

  /** Whether only blanks and a comment are left. */
  isAtEnd(): boolean {
    return /^ *$|^ +#/.test(this.#text.slice(this.#at));
  }

  value(path: Path, inFlow: boolean, key?: Range): unknown {
    const start = this.#at;
    const value = this.#value(path, inFlow);
    this.#see?.(path, [start, this.#end], key);
    return value;
  }

  #value(path: Path, inFlow: boolean): unknown {
    const first = this.#text[this.#at] ?? '';
    if (first === '[') return this.#list(path);
    if (first === '{') return this.#map(path);
    if (first === "'") return this.#match(single)?.[1];
    if (first === '"') return this.#match(double)?.[1];
    if (!plainStart.test(first) && !/^-[0-9]/.test(this.#text.slice(this.#at, this.#at + 2)))
      return undefined;
    const plain = this.#match(inFlow ? plainInFlow : plainInBlock)?.[0] ?? '';
    const value = scalar(plain);
    if (value === null && typeof path.at(-1) === 'string') this.#nulls.push(path);
    return value;
  }

  #list(path: Path): unknown[] | undefined {
    const result: unknown[] = [];
    this.#skip('[');
    if (this.#skip(']')) return result;
    for (;;) {
      const value = this.value([...path, result.length], true);
      if (value === undefined) return undefined;
      result.push(value);
      if (this.#skip(']')) return result;
      if (!this.#skip(',')) return undefined;
    }
  }

  #map(path: Path): Record<string, unknown> | undefined {
    const result: Record<string, unknown> = {};
    this.#skip('{');
    if (this.#skip('}')) return result;
    for (;;) {
      const start = this.#at;
      const key = this.#match(flowKey)?.[1];
      if (key === undefined || Object.hasOwn(result, key) || key === '__proto__') return undefined;
      const value = this.value([...path, key], true, [start, start + key.length]);
      if (value === undefined) return undefined;
      result[key] = value;
      if (this.#skip('}')) return result;
      if (!this.#skip(',')) return undefined;
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = this.#end = pattern.lastIndex;
    return match;
  }

  /** Steps over a character with the blanks around it. */
  #skip(character: string): boolean {
    let at = this.#at;
    while (this.#text[at] === ' ') at += 1;
    if (this.#text[at] !== character) return false;
    at += 1;
    this.#end = at;
    // Blanks behind the last bracket part it from a comment.
    while (this.#text[at] === ' ' && this.#text[at + 1] !== '#') at += 1;
    this.#at = at;
    return true;
  }
}

/** What YAML 1.2's core schema makes of an unquoted text. */
function scalar(text: string): unknown {
  if (integerOrFraction.test(text)) return text.startsWith('-0') ? undefined : Number(text);
  if (numberLike.test(text)) return undefined;
  switch (text) {
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    default:
      return text;
  }
}
