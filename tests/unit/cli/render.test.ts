import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { runIn } from './run.ts';

/** In a folder without a file: what is wrong with the way to encrypt is told before anything else is looked at. */
const render = (...argv: string[]) => runIn(tmpdir(), ['render', ...argv]);

describe('render --encrypt', () => {
  test.each([
    ['a word that is no way', ['--encrypt', 'gpg']],
    ['two ways at once', ['--encrypt', 'sops', '--encrypt', 'age:age1x']],
  ])('refuses %s', async (_what, options) => {
    const { exitCode, stderr } = await render('training', ...options);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('That is no way to encrypt, or more than one.');
    expect(stderr).toContain('--encrypt age:RECIPIENT');
  });

  test('refuses a recipient that is none before the cluster is asked', async () => {
    const { exitCode, stderr } = await render('--encrypt', 'age:age1nobody', 'training');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('age1nobody is no recipient of age.');
  });
});
