import type { Path, Place } from '../problem.ts';
import type { Lines } from './lines.ts';

/** Offsets: start, and end without trailing blanks. */
export type Range = readonly [start: number, end: number];

/** A key with its value, or an item of a list, as it stands in the file. */
export interface Found {
  /** Items of a list have none. */
  readonly key: Range | undefined;
  readonly value: Range | undefined;
  /** A scalar as it is written, without quotes: `1.10` where the value is 1.1. */
  readonly written: string | undefined;
}

/** Knows where everything of a document stands. Only problems ask, and they are few. */
export interface Finder {
  /** What is written on the way to that path; shorter where the rest is not written. */
  trail(path: Path): readonly Found[];
  /** Where the document begins. */
  readonly start: number;
}

/** The place of a key or of its value; where it is not written, that of the nearest parent's key. */
export function placeOf(finder: Finder, lines: Lines, path: Path, at: 'key' | 'value'): Place {
  const trail = finder.trail(path);
  const exact = trail.length === path.length;
  for (let index = trail.length - 1; index >= 0; index -= 1) {
    const range = rangeFor(trail[index], exact && index === path.length - 1 ? at : 'key');
    if (range !== undefined) return lines.place(range[0], range[1]);
  }
  return lines.place(finder.start);
}

/** The scalar at a path as it stands in the file. */
export function writtenAt(finder: Finder, path: Path): string | undefined {
  const trail = finder.trail(path);
  return trail.length === path.length ? trail.at(-1)?.written : undefined;
}

function rangeFor(found: Found | undefined, at: 'key' | 'value'): Range | undefined {
  if (found === undefined) return undefined;
  const { key, value } = found;
  if (at === 'key') return key ?? value;
  // A key with nothing behind it has an empty value somewhere behind the colon: the key is easier to see.
  const empty = value === undefined || value[0] === value[1];
  return empty ? (key ?? value) : value;
}
