import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderProblems } from '../../../src/cli/render/problems.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { compileKubernetes, noRuntimeFiles } from '../../../src/platform/kubernetes/index.ts';
import { compileLocal } from '../../../src/platform/local/compile.ts';

// A corpus of wrong files, by subject, each with what `check` says about it. `UPDATE_GOLDEN=1 npx vitest run wrong`
// writes the answers anew: read them as the operator at 9 am would.

interface Case {
  readonly title: string;
  readonly text: string;
  readonly says: string;
}

const folder = new URL('./wrong/', import.meta.url);
const update = process.env['UPDATE_GOLDEN'] === '1';

function casesOf(content: string): Case[] {
  return content
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = '', says = ''] = part.split(/^--- says\n/m);
      const [title = '', ...lines] = head.split('\n');
      return { title, text: lines.join('\n'), says };
    });
}

function answer(text: string): string {
  const { problems } = loadConfig({ file: 'hub.yaml', text });
  return renderProblems(problems, new Map([['hub.yaml', text]]), { colour: false });
}

const subjects = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe.each(subjects)('%s', (subject) => {
  const file = new URL(subject, folder);
  const cases = casesOf(readFileSync(file, 'utf8'));
  if (update) {
    const parts = cases.map(({ title, text }) => `=== ${title}\n${text}--- says\n${answer(text)}\n`);
    writeFileSync(file, `${parts.join('').trimEnd()}\n`);
  }
  test.each(update ? casesOf(readFileSync(file, 'utf8')) : cases)('$title', ({ text, says }) => {
    expect(answer(text).trimEnd()).toBe(says.trimEnd());
    expect(says, 'something is wrong in each of them').not.toContain('No problems.');
    expect(says, 'no secret is shown').not.toContain('hunter2');
  });
});

const all = subjects.flatMap((subject) => casesOf(readFileSync(new URL(subject, folder), 'utf8')));

test('what breaks a rule alone can be read and compiled, so that what runs can be looked at', () => {
  let readable = 0;
  for (const { text, title } of all) {
    const loaded = loadConfig({ file: 'hub.yaml', text });
    for (const [name, environment] of loaded.readable) {
      if (loaded.environments.has(name)) continue;
      readable += 1;
      const compile = () =>
        environment.target === 'local'
          ? compileLocal(environment)
          : compileKubernetes(environment, noRuntimeFiles);
      expect(compile, title).not.toThrow();
    }
  }
  expect(readable).toBeGreaterThan(30);
});

test('the corpus has at least 150 wrong files', () => {
  const count = subjects.reduce(
    (sum, subject) => sum + casesOf(readFileSync(new URL(subject, folder), 'utf8')).length,
    0,
  );
  expect(count).toBeGreaterThanOrEqual(150);
});
