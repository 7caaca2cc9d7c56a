import { parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Problem } from './problem.ts';
import {
  type CleanText,
  type Source,
  type SourceResult,
  type SourceText,
  emptyFile,
  readWith,
  sourceOf,
  wholeFile,
} from './source.ts';
import { DocumentFinder } from './yaml/document-finder.ts';
import type { Lines } from './yaml/lines.ts';
import { toPlain } from './yaml/plain.ts';
import { syntaxProblems } from './yaml/syntax.ts';

/** Reads the text of a config file, whatever YAML it is. Never throws for bad text. */
export function readSource(input: SourceText): SourceResult {
  return readWith(input, readByLibrary);
}

/** What is not plain enough for our own reader. */
export function readByLibrary({ text, lines }: CleanText): SourceResult {
  return readDocument(parseDocument(text, { merge: true, prettyErrors: false }), text, lines);
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
    source: sourceOf({ value: value as Source['value'], nulls }, lines, () => new DocumentFinder(document)),
    problems: [],
  };
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
