/** A line that says something. */
export interface Line {
  readonly indent: number;
  /** Without indentation and line end. */
  readonly text: string;
  /** Where in the file that text begins. */
  readonly start: number;
}

/** Blank lines and comments left out. In one pass: splitting the text first makes two strings of every line. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0, end = 0; end < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end === -1) end = text.length;
    const last = text[end - 1] === '\r' ? end - 1 : end;
    let from = start;
    while (text.charCodeAt(from) === space) from += 1;
    if (from < last && text.charCodeAt(from) !== hash)
      lines.push({ indent: from - start, text: text.slice(from, last), start: from });
  }
  return lines;
}

const space = 32;
const hash = 35;

export function isItem(line: Line): boolean {
  return line.text.startsWith('- ');
}

/** The key of a map, and what parts it from its value. */
export const keyPattern = /^([A-Za-z_][A-Za-z0-9_./-]*):(?= |$) */;
