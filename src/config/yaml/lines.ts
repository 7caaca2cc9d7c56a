import type { Place } from '../problem.ts';

/** Turns offsets into lines and columns. Built when the first problem asks for it. */
export class Lines {
  readonly #file: string;
  readonly #text: string;
  #starts: number[] | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** The place of a range; its length ends with its first line. */
  place(start: number, end: number = start): Place {
    const from = Math.min(Math.max(start, 0), this.#text.length);
    const line = this.#lineOf(from);
    const column = from - (this.#lineStarts()[line] ?? 0) + 1;
    const ofLine = this.#endOfLine(line) - from;
    const length = Math.max(1, Math.min(end - from, ofLine));
    return { file: this.#file, line: line + 1, column, length };
  }

  /** Offset of the start of a line, counted from 1. */
  startOf(line: number): number {
    return this.#lineStarts()[line - 1] ?? 0;
  }

  /** Offset of the first character of a line that is not a blank. */
  firstOf(line: number): number {
    const start = this.#lineStarts()[line - 1] ?? 0;
    const blanks = /^[ \t]*/.exec(this.#text.slice(start, this.#endOfLine(line - 1)));
    return start + (blanks?.[0].length ?? 0);
  }

  /** The text of a line, counted from 1. */
  textOf(line: number): string {
    return this.#text.slice(this.#lineStarts()[line - 1] ?? this.#text.length, this.#endOfLine(line - 1));
  }

  #lineOf(offset: number): number {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #endOfLine(line: number): number {
    const next = this.#lineStarts()[line + 1];
    if (next === undefined) return this.#text.length;
    return this.#text[next - 2] === '\r' ? next - 2 : next - 1;
  }

  #lineStarts(): number[] {
    if (this.#starts === undefined) {
      this.#starts = [0];
      for (let at = this.#text.indexOf('\n'); at !== -1; at = this.#text.indexOf('\n', at + 1))
        this.#starts.push(at + 1);
    }
    return this.#starts;
  }
}
