import { parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Path, Place, Problem } from './problem.ts';
import { Lines } from './yaml/lines.ts';
import { Places } from './yaml/places.ts';
import { toPlain } from './yaml/plain.ts';
import { readSimple } from './yaml/simple.ts';
import { syntaxProblems } from './yaml/syntax.ts';

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

/** Reads the text of a config file as YAML. Never throws for bad text. */
export function readSource({ file, text }: SourceText): SourceResult {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = new Lines(file, clean);
  const unreadable = problemOfText(clean, lines);
  if (unreadable !== undefined) return { source: undefined, problems: [unreadable] };
  const simple = readSimple(clean);
  if (simple === undefined) return readDocument(parse(clean), clean, lines);
  return { source: sourceOf(simple, lines, () => parse(clean)), problems: [] };
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, { merge: true, prettyErrors: false });
}

function readDocument(document: Document.Parsed, text: string, lines: Lines): SourceResult {
  // What the library guesses about broken text is not worth checking any further: people would be told things that
  // are not so.
  const faults = syntaxProblems([...document.errors, ...document.warnings], text, lines);
  if (faults.length > 0) return { source: undefined, problems: faults };
  const plain = toPlain(document);
  const problems = plain.faults.map(({ code, message, fix, range }) => ({
    ...wholeFile(code, message, fix, lines),
    place: lines.place(range[0], range[1]),
  }));
  if (problems.length > 0) return { source: undefined, problems };
  const { value, nulls } = plain;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      source: undefined,
      problems: [value === null ? emptyFile(lines) : notAMap(Array.isArray(value), lines)],
    };
  }
  return {
    source: sourceOf({ value: value as Source['value'], nulls }, lines, () => document),
    problems: [],
  };
}

/** The document is asked for when the first problem wants to know its place. */
function sourceOf(
  { value, nulls }: Pick<Source, 'value' | 'nulls'>,
  lines: Lines,
  document: () => Document.Parsed,
): Source {
  let known: Places | undefined;
  const places = (): Places => (known ??= new Places(document(), lines));
  return {
    value,
    nulls,
    place: (path, at) => places().of(path, at),
    written: (path) => places().written(path),
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

function emptyFile(lines: Lines): Problem {
  return wholeFile(
    'file-empty',
    'The file is empty',
    'Run `hubwright init` to get a file to start from.',
    lines,
  );
}

function notAMap(isList: boolean, lines: Lines): Problem {
  const what = isList ? 'a list' : 'a single value';
  return wholeFile(
    'file-not-a-map',
    `The file is ${what}, and a config is a map of keys`,
    'Start with `name: my-hub`; `hubwright init` writes a file to start from.',
    lines,
  );
}

function wholeFile(code: string, message: string, fix: string, lines: Lines): Problem {
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
