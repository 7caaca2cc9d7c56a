import { describe, expect, test } from 'vitest';
import { problemsToJson, renderProblems } from '../../../src/cli/render/problems.ts';
import type { Problem } from '../../../src/config/problem.ts';

function problem(fields: Partial<Problem> = {}): Problem {
  return {
    code: 'unknown-key',
    severity: 'error',
    path: ['defaults', 'a'],
    message: '`a` is not a field',
    fix: 'Write `b`.',
    place: { file: 'hub.yaml', line: 1, column: 1, length: 1 },
    environments: ['one'],
    ...fields,
  };
}

function render(
  text: string,
  fields: Partial<Problem> = {},
  style: { colour?: boolean; width?: number } = {},
): string {
  return renderProblems([problem(fields)], new Map([['hub.yaml', text]]), { colour: false, ...style });
}

/** The shown line and the line with the caret, without what stands before them. */
function snippet(text: string, column: number, length: number, width = 100): [string, string] {
  const [, line = '', caret = ''] = render(
    text,
    { place: { file: 'hub.yaml', line: 1, column, length } },
    { width },
  ).split('\n');
  return [line.slice(line.indexOf('|') + 2), caret.slice(caret.indexOf('|') + 2)];
}

test('a problem is the place, the line with a caret, the fix and a count', () => {
  expect(render('a: 1\n')).toBe(`hub.yaml:1:1 error  \`a\` is not a field
  1 | a: 1
    | ^
  fix: Write \`b\`.

1 error
`);
});

test('errors and warnings are counted apart', () => {
  const two = [problem(), problem({ severity: 'warning' }), problem({ severity: 'warning' })];
  expect(renderProblems(two, new Map(), { colour: false })).toMatch(/\n1 error and 2 warnings\n$/);
});

test('the environments are named where others are not concerned', () => {
  const both = renderProblems([problem(), problem({ environments: ['one', 'two'] })], new Map(), {
    colour: false,
  });
  expect(both).toContain('is not a field [one]\n');
  expect(both.match(/\[/g)).toHaveLength(1);
});

test('a place whose file is not known is said without the line', () => {
  expect(renderProblems([problem()], new Map(), { colour: false })).not.toContain('|');
});

test('no colour means no escape sequence, and colour changes nothing else', () => {
  const plain = render('a: 1\n');
  const coloured = render('a: 1\n', {}, { colour: true });
  expect(coloured).toContain('\u001B[31m');
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain);
});

describe('the caret stands below what is meant', () => {
  test('behind a tab', () => expect(snippet('\ta: 1', 2, 1)).toEqual(['  a: 1', '  ^']));
  test('behind wide characters', () => expect(snippet('名前: x', 5, 1)).toEqual(['名前: x', '      ^']));
  test('behind an emoji of several code points', () =>
    expect(snippet('👩‍🔬: x', '👩‍🔬: '.length + 1, 1)).toEqual(['👩‍🔬: x', '    ^']));
  test('behind a combining accent', () =>
    expect(snippet('e\u0301: x', 5, 1)).toEqual(['e\u0301: x', '   ^']));
  test('at the end of a line', () => expect(snippet('a:', 3, 1)).toEqual(['a:', '  ^']));
  test('with Windows line ends and a byte order mark', () =>
    expect(render('\uFEFFa: 1\r\nb: 2\r\n')).toContain('  1 | a: 1\n    | ^\n'));
});

describe('a long line is cut around the caret', () => {
  const line = `${'a'.repeat(200)} MARK ${'b'.repeat(200)}`;
  const [shown, caret] = snippet(line, 202, 4, 80);

  test('to the width', () => expect(shown.length).toBeLessThanOrEqual(80));
  test('with the mark in it, and the caret below', () =>
    expect(shown.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('MARK'));
  test('and dots where something is missing', () => expect(shown).toMatch(/^….*…$/));
  test('a mark that is longer than the line shows its start', () => {
    const [all, under] = snippet('x'.repeat(500), 1, 500, 80);
    expect(all.length).toBeLessThanOrEqual(80);
    expect(under).toMatch(/^\^+$/);
  });
});

describe('a secret is not shown', () => {
  const secret = 'hunter2';
  test.each([
    ['the value is marked', `  clientSecret: ${secret}`, 17, true],
    ['the key is marked', `  clientSecret: ${secret}`, 3, true],
    ['a quoted value is marked', `  clientSecret: "${secret}"`, 17, true],
    ['in a flow map', `  oidc: { clientSecret: ${secret}, adminGroups: [] }`, 25, true],
    ['in a list', `  - ${secret}`, 5, true],
    ['with a colon in it', `  clientSecret: a: ${secret}`, 17, true],
    ['something else on the line is marked', `  oidc: { clientId: 3, clientSecret: ${secret} }`, 21, false],
    ['something behind it is marked', `  oidc: { clientSecret: ${secret}, clientId: 3 }`, 43, false],
    ['the line is broken', `  password: '${secret}`, 13, false],
    ['the key is in quotes', `  "api_key": ${secret}`, 3, false],
  ])('where %s', (_, line, column, masked) => {
    const shown = render(line, {
      place: { file: 'hub.yaml', line: 1, column, length: 8 },
      ...(masked ? { masked: true as const } : {}),
    });
    expect(shown).not.toContain('hunter');
    expect(shown).toContain('********');
    expect(shown).toContain('^');
  });

  test('a reference is no secret', () => {
    expect(
      render('  clientSecret: { fromEnv: IAM_SECRET }', {
        place: { file: 'hub.yaml', line: 1, column: 28, length: 10 },
      }),
    ).toContain('IAM_SECRET');
  });

  test('nor is a number of characters', () =>
    expect(render('  minimumPasswordLength: 4')).toContain('minimumPasswordLength: 4'));
});

test('control characters of the file do not reach the terminal', () => {
  expect(render('a: \u001B[31mred\u0007', { message: 'bad \u001B[2J' })).not.toMatch(/(?!\n)\p{Cc}/u);
});

test('JSON has a stable shape and no line of the file', () => {
  expect(problemsToJson([problem({ masked: true })])).toEqual([
    {
      code: 'unknown-key',
      severity: 'error',
      message: '`a` is not a field',
      fix: 'Write `b`.',
      file: 'hub.yaml',
      line: 1,
      column: 1,
      length: 1,
      path: ['defaults', 'a'],
      environments: ['one'],
    },
  ]);
});
