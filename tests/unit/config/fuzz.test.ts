import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderProblems } from '../../../src/cli/render/problems.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Path } from '../../../src/config/problem.ts';

const text = readFileSync(new URL('../../../examples/training/hub.yaml', import.meta.url), 'utf8');
const example = parse(text) as unknown;

/** Looks at a text as `check` does, and says what is wrong with the answer. */
function faultsOf(input: string): string[] {
  const { problems } = loadConfig({ file: 'hub.yaml', text: input });
  const lines = input.replace(/^\uFEFF/, '').split('\n');
  const faults = problems.flatMap(({ place, message, fix }) => {
    const line = lines[place.line - 1];
    const isInFile = line !== undefined && place.column >= 1 && place.column <= line.length + 1;
    const isSaid = ![message, fix].some((part) => /undefined|\[object|NaN|^\s*$/.test(part));
    return isInFile && isSaid ? [] : [`${String(place.line)}:${String(place.column)} ${message}; ${fix}`];
  });
  const shown = renderProblems(problems, new Map([['hub.yaml', input]]), { colour: false });
  return /(?!\n)\p{Cc}/u.test(shown) ? [...faults, `control characters: ${JSON.stringify(shown)}`] : faults;
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, child]) =>
      pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

const anywhere = fc.constantFrom(...pathsOf(example).slice(1));
const anything = fc.oneof(
  fc.constantFrom(
    null,
    true,
    'off',
    '',
    0,
    -1,
    1e308,
    'x',
    [],
    {},
    [null],
    { a: { b: null } },
    '16GB',
    'trainee-3',
    '*a',
    '[',
    '\u00A0',
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
);

type Change = (parent: Record<string | number, unknown>, key: string | number) => void;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>((parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }),
  anything.map<Change>((value) => (parent, key) => {
    // One of its own: put into itself, the same one would have no end.
    parent[key] = structuredClone(value);
  }),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map<Change>((name) => (parent, key) => {
    if (Array.isArray(parent) || name === '__proto__') return;
    parent[name] = parent[key];
    delete parent[key];
  }),
  fc.constant<Change>((parent, key) => {
    parent[key] = [parent[key]];
  }),
);

function changed(changes: readonly (readonly [Path, Change])[]): string {
  const copy = structuredClone(example) as Record<string | number, unknown>;
  for (const [path, apply] of changes) {
    let parent: unknown = copy;
    for (const key of path.slice(0, -1))
      parent =
        typeof parent === 'object' && parent !== null
          ? (parent as Record<string | number, unknown>)[key]
          : undefined;
    if (typeof parent === 'object' && parent !== null)
      apply(parent as Record<string | number, unknown>, path.at(-1) ?? '');
  }
  return JSON.stringify(copy, undefined, 2);
}

const pieces = [
  '',
  '\t',
  ': ',
  '- ',
  '#',
  '"',
  "'",
  '{',
  '[',
  '}',
  ']',
  '&a',
  '*a',
  '!x',
  '<<: ',
  '\r\n',
  '\u00A0',
  '|',
  '---\n',
];
const edit = fc.tuple(
  fc.nat({ max: text.length }),
  fc.nat({ max: 5 }),
  fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 4 })),
);

function edited(edits: readonly (readonly [number, number, string])[]): string {
  return edits.reduce(
    (result, [at, count, put]) => result.slice(0, at) + put + result.slice(at + count),
    text,
  );
}

describe('never throws, and every problem has a place in the file', () => {
  test.each([
    [
      'the example with a few nodes deleted, replaced, renamed or wrapped',
      fc.array(fc.tuple(anywhere, change), { minLength: 1, maxLength: 4 }).map(changed),
      600,
    ],
    [
      'the example with characters deleted, inserted or replaced',
      fc.array(edit, { minLength: 1, maxLength: 4 }).map(edited),
      600,
    ],
    ['any text', fc.string({ unit: 'binary', maxLength: 200 }), 300],
    ['any JSON, which is YAML too', fc.jsonValue().map((value) => JSON.stringify(value)), 300],
  ])('for %s', (_, texts, numRuns) => {
    const property = fc.property(texts, (input) => {
      expect(faultsOf(input)).toEqual([]);
    });
    fc.assert(property, { numRuns });
  });
});

test('a marked secret is in no output, whatever else is wrong with the file', () => {
  const secret = text.replace(
    / {4}longhorn: .*\n/,
    '    auth: { oidc: { preset: iris-iam, clientId: a, clientSecret: hunter2hunter2 } }\n',
  );
  expect(secret).toContain('hunter2');
  fc.assert(
    fc.property(
      fc.nat({ max: secret.length }),
      fc.constantFrom('\t', ': ', '"', '{', '}', '*', '!x ', '\n', 'x'),
      (at, put) => {
        const line = secret.slice(secret.lastIndexOf('\n', at - 1) + 1, secret.indexOf('\n', at));
        // Who breaks the key or the secret itself apart has another text there.
        fc.pre(!line.includes('hunter2'));
        const input = secret.slice(0, at) + put + secret.slice(at);
        const { problems } = loadConfig({ file: 'hub.yaml', text: input });
        const output =
          JSON.stringify(problems) +
          renderProblems(problems, new Map([['hub.yaml', input]]), { colour: false });
        expect(output).not.toContain('hunter2');
      },
    ),
    { numRuns: 400 },
  );
});
