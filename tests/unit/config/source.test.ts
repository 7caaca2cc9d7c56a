import { describe, expect, test } from 'vitest';
import { readSource } from '../../../src/config/read-source.ts';

function read(text: string) {
  const { source, problems } = readSource({ file: 'hub.yaml', text });
  if (source === undefined) throw new Error(JSON.stringify(problems));
  return source;
}

function problemsOf(text: string) {
  const { source, problems } = readSource({ file: 'hub.yaml', text });
  expect(source).toBeUndefined();
  return problems.map(({ code, place }) => `${code} ${String(place.line)}:${String(place.column)}`);
}

describe('places', () => {
  test('of a key and of its value', () => {
    const source = read('a:\n  b: word # comment\n');
    expect(source.place(['a', 'b'], 'key')).toEqual({ file: 'hub.yaml', line: 2, column: 3, length: 1 });
    expect(source.place(['a', 'b'], 'value')).toEqual({ file: 'hub.yaml', line: 2, column: 6, length: 4 });
  });

  test('of an item of a list', () => {
    expect(read('a:\n  - one\n  - two\n').place(['a', 1], 'value')).toMatchObject({
      line: 3,
      column: 5,
      length: 3,
    });
  });

  test('of something that is not written: the nearest parent', () => {
    expect(read('a:\n  b:\n    c: 1\n').place(['a', 'b', 'x', 'y'], 'value')).toMatchObject({
      line: 2,
      column: 3,
    });
  });

  test('of a key with nothing behind it: the key', () => {
    expect(read('a:\nb: 1\n').place(['a'], 'value')).toMatchObject({ line: 1, column: 1, length: 1 });
  });

  test('of a value behind an alias: the anchor', () => {
    expect(read('a: &x\n  b: 1\nc: *x\n').place(['c', 'b'], 'value')).toMatchObject({ line: 2, column: 6 });
  });

  test('of an alias itself: the alias', () => {
    expect(read('a: &x 1\nc: *x\n').place(['c'], 'value')).toMatchObject({ line: 2, column: 4, length: 2 });
  });

  test('of a key that was merged in: where it is written', () => {
    const source = read('a: &x\n  b: 1\n  c: 2\nd:\n  <<: *x\n  c: 3\n');
    expect(source.place(['d', 'b'], 'value')).toMatchObject({ line: 2 });
    expect(source.place(['d', 'c'], 'value')).toMatchObject({ line: 6 });
  });

  test('in a file with Windows line ends, a byte order mark and no line end at its end', () => {
    const source = read('\uFEFFa: 1\r\nb:\r\n  c: 2');
    expect(source.place(['a'], 'key')).toMatchObject({ line: 1, column: 1 });
    expect(source.place(['b', 'c'], 'value')).toMatchObject({ line: 3, column: 6, length: 1 });
  });

  test('the length ends with the line', () => {
    expect(read('a:\n  - one\n  - two\n').place(['a'], 'value')).toMatchObject({
      line: 2,
      column: 3,
      length: 5,
    });
  });
});

describe('values', () => {
  test('off, no and yes are text, as in YAML 1.2', () => {
    expect(read('a: off\nb: no\nc: yes\nd: true\n').value).toEqual({ a: 'off', b: 'no', c: 'yes', d: true });
  });

  test('keys are text as written', () => {
    expect(read('1.10: a\ntrue: b\n').value).toEqual({ '1.10': 'a', true: 'b' });
  });

  test('a number keeps its text', () => {
    const source = read('version: 1.10\ncount: 010\n');
    expect(source.written(['version'])).toBe('1.10');
    expect(source.written(['count'])).toBe('010');
  });

  test('merge keys: own keys win, earlier maps win over later ones', () => {
    const { value } = read('a: &a { x: 1, y: 1 }\nb: &b { x: 2, z: 2 }\nc:\n  y: 3\n  <<: [*a, *b]\n');
    expect(value['c']).toEqual({ x: 1, y: 3, z: 2 });
  });

  test('an alias is the same object as its anchor, so that it is looked at once', () => {
    const { value } = read('a: &x { b: 1 }\nc: *x\n');
    expect(value['c']).toBe(value['a']);
  });

  test('keys with nothing behind them are known', () => {
    expect(read('a:\nb: { c: , d: null, e: ~ }\n').nulls).toEqual([
      ['a'],
      ['b', 'c'],
      ['b', 'd'],
      ['b', 'e'],
    ]);
  });
});

describe('texts that are no config', () => {
  test.each([
    ['a file of 10 MB', '# x\n'.repeat(2_600_000), ['file-too-big 1:1']],
    ['a NUL character', 'name: a\n\0', ['file-not-text 2:1']],
    ['bytes that are not UTF-8', 'name: a\uFFFDb\n', ['file-not-utf8 1:8']],
    ['blanks only', ' \n\n\t\n', ['file-empty 1:1']],
    ['brackets without end', '['.repeat(50_000), ['yaml-syntax']],
    [
      'maps in maps without end',
      `${Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1`,
      ['yaml-too-deep'],
    ],
    ['a key that would change Object', '__proto__: { polluted: 1 }\n', ['yaml-key 1:1']],
    ['an alias bomb', bomb(), ['yaml-alias-bomb']],
  ])('%s', (_, text, expected) => {
    const found = problemsOf(text);
    expect(found).toHaveLength(expected.length);
    for (const [index, start] of expected.entries()) expect(found[index]).toContain(start);
  });

  test('a secret that starts with a star is in no message', () => {
    const { problems } = readSource({ file: 'hub.yaml', text: 'auth:\n  clientSecret: *hunter2\n' });
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level += 1) {
    const one = `*a${String(level - 1)}`;
    lines.push(`a${String(level)}: &a${String(level)} [${Array.from({ length: 10 }, () => one).join(', ')}]`);
  }
  return lines.join('\n');
}
