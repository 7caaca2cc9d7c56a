import { readFileSync, readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { plainYaml } from './arbitrary-yaml.ts';
import type { Path } from '../../../src/config/problem.ts';
import { DocumentFinder } from '../../../src/config/yaml/document-finder.ts';
import { type Finder, placeOf, writtenAt } from '../../../src/config/yaml/finder.ts';
import { Lines } from '../../../src/config/yaml/lines.ts';
import { toPlain } from '../../../src/config/yaml/plain.ts';
import { SimpleFinder } from '../../../src/config/yaml/simple-finder.ts';
import { readSimple } from '../../../src/config/yaml/simple.ts';

/** What the YAML library makes of a text. */
function library(text: string): unknown {
  const document = parseDocument(text, { merge: true, prettyErrors: false });
  if (document.errors.length + document.warnings.length > 0) return 'a fault';
  const { value, nulls, faults } = toPlain(document);
  return faults.length > 0 ? 'a fault' : { value, nulls };
}

/** Where the simple reader reads a text at all, the library reads the same, and finds it in the same places. */
function expectTheSame(text: string): void {
  const simple = readSimple(text);
  if (simple === undefined) return;
  expect(library(text), JSON.stringify(text)).toEqual(simple);
  const document = parseDocument(text, { merge: true, prettyErrors: false });
  const paths = pathsIn(simple.value);
  expect(placesOf(new SimpleFinder(text), text, paths), JSON.stringify(text)).toEqual(
    placesOf(new DocumentFinder(document), text, paths),
  );
}

/** Every path of it, and for each some that are not written. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(typeof value === 'object' && value !== null ? value : {});
  const below = entries.flatMap(([key, child]) => pathsIn(child, [...path, key]));
  return [path, [...path, 'no'], [...path, 9, 'no'], [...path, '0'], ...below];
}

function placesOf(finder: Finder, text: string, paths: readonly Path[]): unknown[] {
  const lines = new Lines('hub.yaml', text);
  return paths.map((path) => [
    path,
    placeOf(finder, lines, path, 'key'),
    placeOf(finder, lines, path, 'value'),
    writtenAt(finder, path),
  ]);
}

const example = readFileSync(new URL('../../../examples/training/hub.yaml', import.meta.url), 'utf8');

describe('reads what configs are written in', () => {
  test.each([
    ['the example', example],
    ['Windows line ends', example.replaceAll('\n', '\r\n')],
    ['lists in the column of their key', 'a:\n- x\n- y\nb: 1\n'],
    ['comments anywhere', '# a\na: # b\n  # c\n  b: x # d\n# e\n  c: y#z\n'],
    ['keys with nothing behind them', 'a:\nb:\n  c:\n  d: null\n'],
    ['quotes', `a: 'x: y # z'\nb: "x, y"\nc: ['a', "b"]\n`],
    ['brackets in brackets', 'a: { b: [x, { c: 1 }], d: {} }\ne: []\n'],
    [
      'addresses, versions, sizes and dates',
      'a: https://x.org:80/y\nb: 4.4.0\nc: 1.8G\nd: 2026-10-01\ne: 192.0.2.1\n',
    ],
  ])('%s', (_, text) => {
    expect(readSimple(text)).toBeDefined();
    expectTheSame(text);
  });
});

describe('leaves to the library what it does not know', () => {
  test.each([
    'a: &x 1',
    'a: *x',
    'a: !x y',
    'a: |\n  x',
    'a: >\n  x',
    'a: x\n  y',
    'a: "x\\n"',
    "a: 'it''s'",
    'a: 010',
    'a: 1e3',
    'a: 0x1',
    '- a',
    '? a',
    'a: 1\na: 2',
    '<<: x',
    'a: [1,\n 2]',
    '---\na: 1',
    'a: @x',
    'a: - x',
    'a:\n  - b: 1',
    '__proto__: 1',
    'a: x: y',
    '1: a',
    'a:\n  b: 1\n c: 2',
  ])('%j', (text) => {
    expect(readSimple(text)).toBeUndefined();
  });
});

/** Thousands of texts, each read twice: seconds on a machine of its own, more on a busy one. */
const patience = 180_000;

test('every wrong file of the corpus is read alike', { timeout: patience }, () => {
  const corpus = new URL('./wrong/', import.meta.url);
  const texts = readdirSync(corpus).flatMap((name) =>
    readFileSync(new URL(name, corpus), 'utf8').split(/^=== .*\n/m),
  );
  for (const text of texts) expectTheSame(text.split(/^--- says\n/m)[0] ?? '');
  expect(texts.length).toBeGreaterThan(300);
});

const pieces = [
  'a',
  'b: ',
  ': ',
  ':',
  ' ',
  '  ',
  '\n',
  '\n  ',
  '\n    ',
  '- ',
  '-',
  '#',
  ' #',
  '{',
  '}',
  '[',
  ']',
  ', ',
  ',',
  "'",
  '"',
  '1',
  '-1',
  '.5',
  '0',
  'null',
  'true',
  '~',
  '&',
  '*',
  '!',
  '|',
  '?',
  'x',
  '/',
  '\r\n',
  '\\',
  '<<',
  '1.10',
  'é',
  '\u00A0',
  '%',
  '@',
  '`',
  '_',
];

describe('reads the same as the library, or nothing', () => {
  test.each([
    [
      'any pieces of YAML',
      fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join('')),
      20_000,
    ],
    [
      'a map of any pieces',
      fc
        .array(
          fc.tuple(
            fc.constantFrom('a: ', '  b: ', '  - ', 'c:', '- ', '    d: '),
            fc.array(fc.constantFrom(...pieces.filter((piece) => !piece.includes('\n'))), { maxLength: 6 }),
          ),
          { maxLength: 8 },
        )
        .map((lines) => lines.map(([start, parts]) => start + parts.join('')).join('\n')),
      20_000,
    ],
    [
      'the example with pieces put in',
      fc
        .array(fc.tuple(fc.nat({ max: example.length }), fc.nat({ max: 3 }), fc.constantFrom(...pieces)), {
          maxLength: 3,
        })
        .map((edits) =>
          edits.reduce((text, [at, count, put]) => text.slice(0, at) + put + text.slice(at + count), example),
        ),
      300,
    ],
    ['plain YAML as people write it', plainYaml, 3000],
    [
      'what the library writes',
      fc
        .dictionary(
          fc.stringMatching(/^[a-z_]{1,4}$/),
          fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
        )
        .map((value) => stringify(value)),
      1000,
    ],
  ])(
    '%s',
    (_, texts, numRuns) => {
      fc.assert(fc.property(texts, expectTheSame), { numRuns });
    },
    patience,
  );
});
