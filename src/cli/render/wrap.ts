import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../io.ts';

/** Columns of that stream; a pipe has no end. */
export function widthOf({ terminal }: Io, stream: 'stdout' | 'stderr'): number {
  return terminal[stream] ? terminal.columns : Infinity;
}

/**
 * The text in lines of that width, broken between words; those after the first begin with so many blanks. Commands in
 * backquotes stay whole: who copies one wants no line break in it.
 */
export function wrap(text: string, width: number, blanks = 0): string {
  if (width === Infinity) return text;
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/\s*(?:`[^`\n]*`|[^\s`])+/g)) {
    const fits = columns(line + word) <= width;
    if (fits || line === '') line += word;
    else {
      lines.push(line);
      line = ' '.repeat(blanks) + word.trimStart();
    }
  }
  return [...lines, line].join('\n');
}

function columns(text: string): number {
  return stripVTControlCharacters(text).length;
}
