import { expect, test } from 'vitest';
import { wrap } from '../../../src/cli/render/wrap.ts';
import { runIn } from './run.ts';

test('lines are broken between words, and go on below the text', () => {
  expect(wrap('fix   Name another file, or make one', 20, 6)).toBe(
    'fix   Name another\n      file, or make\n      one',
  );
});

test('a command in backquotes stays whole, to be copied', () => {
  expect(wrap('Run `hubwright users local handout`, then print.', 30)).toBe(
    'Run\n`hubwright users local handout`,\nthen print.',
  );
});

test('colours take no room', () => {
  expect(wrap('\u001B[31merror\u001B[0m a word', 12)).toBe('\u001B[31merror\u001B[0m a word');
});

test('what has no end is not broken', () => {
  expect(wrap('a '.repeat(200), Infinity)).toBe('a '.repeat(200));
});

test.each([60, 110])('help and errors fit a terminal of %i columns', async (columns) => {
  const terminal = { stdout: true, stderr: true, columns };
  for (const argv of [['--help'], ['users', '--help'], ['status'], ['up', 'a', 'b']]) {
    const { stdout, stderr } = await runIn('/', argv, { terminal, env: { NO_COLOR: '1' } });
    for (const line of `${stdout}${stderr}`.split('\n')) {
      // The path of a deep checkout is as long as it is, also in a command that stays whole.
      const isOnePiece = !line
        .trim()
        .replaceAll(/`[^`]*`/g, '')
        .includes(' ');
      expect(isOnePiece || line.length <= columns, line).toBe(true);
    }
  }
});
