import type { Path, Place, Problem } from './problem.ts';
import { type Finder, placeOf, writtenAt } from './yaml/finder.ts';
import { Lines } from './yaml/lines.ts';
import { SimpleFinder } from './yaml/simple-finder.ts';
import { type SimpleDocument, readSimple } from './yaml/simple.ts';

/** A file and its text, decoded by whoever read it. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** A file that is a YAML map, with the place of everything in it. */
export interface Source {
  readonly value: Readonly<Record<string, unknown>>;
  /** Keys with nothing behind them. */
  readonly nulls: readonly Path[];
  place(path: Path, at: 'key' | 'value'): Place;
  /** A scalar as it stands in the file, before YAML made a number of it. */
  written(path: Path): string | undefined;
}

export interface SourceResult {
  /** Missing where the file cannot be looked at any further. */
  readonly source: Source | undefined;
  readonly problems: readonly Problem[];
}

/** Half a million lines are no config; the YAML library would take minutes over them. */
const mostCharacters = 5 * 1024 * 1024;

/** A text and its lines, as both readers take them. */
export interface CleanText {
  readonly text: string;
  readonly lines: Lines;
}

/**
 * Reads the text of a config file. Never throws for bad text. What is not plain YAML is left to the library, which takes
 * as long to load as all else together: it is given here, and not imported.
 */
export function readWith<Result extends SourceResult | Promise<SourceResult>>(
  { file, text }: SourceText,
  library: (clean: CleanText) => Result,
): SourceResult | Result {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = new Lines(file, clean);
  const unreadable = problemOfText(clean, lines);
  if (unreadable !== undefined) return { source: undefined, problems: [unreadable] };
  const simple = readSimple(clean);
  if (simple === undefined) return library({ text: clean, lines });
  return { source: sourceOf(simple, lines, () => new SimpleFinder(clean)), problems: [] };
}

/** The finder is asked for when the first problem wants to know its place. */
export function sourceOf({ value, nulls }: SimpleDocument, lines: Lines, finder: () => Finder): Source {
  let known: Finder | undefined;
  const found = (): Finder => (known ??= finder());
  return {
    value,
    nulls,
    place: (path, at) => placeOf(found(), lines, path, at),
    written: (path) => writtenAt(found(), path),
  };
}

function problemOfText(text: string, lines: Lines): Problem | undefined {
  if (text.length > mostCharacters) {
    const size = Math.ceil(text.length / (1024 * 1024));
    const message = `The file is too big to be a config: about ${String(size)} MB, and 5 MB are the most`;
    return wholeFile(
      'file-too-big',
      message,
      'Give the path of your hub.yaml; data belongs elsewhere.',
      lines,
    );
  }
  if (text.trim() === '') return emptyFile(lines);
  // Looking for them costs nothing beside the parsing, and both come out as puzzling faults otherwise.
  const nul = text.indexOf('\0');
  if (nul !== -1)
    return atOffset(
      'file-not-text',
      'The file holds a NUL character, so it is not a text file',
      'Give the path of your hub.yaml, or save it as UTF-8.',
      lines,
      nul,
    );
  const broken = text.indexOf('\uFFFD');
  if (broken !== -1)
    return atOffset(
      'file-not-utf8',
      'The file is not UTF-8: this character could not be read',
      'Save the file as UTF-8.',
      lines,
      broken,
    );
  return undefined;
}

export function emptyFile(lines: Lines): Problem {
  return wholeFile(
    'file-empty',
    'The file is empty',
    'Run `hubwright init` to get a file to start from.',
    lines,
  );
}

export function wholeFile(code: string, message: string, fix: string, lines: Lines): Problem {
  return atOffset(code, message, fix, lines, 0);
}

function atOffset(code: string, message: string, fix: string, lines: Lines, offset: number): Problem {
  return {
    code,
    severity: 'error',
    path: [],
    message,
    fix,
    place: lines.place(offset, offset + 1),
    environments: [],
  };
}
