import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { repo } from './checkout.ts';

// CI reads the last line of a run, so a run of Vitest's own is started here and its end is looked at.

function runVitest(tests: string, ...args: string[]): { code: number | null; lines: string[] } {
  const root = tempFolder('summary');
  symlinkSync(join(repo, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'a.test.js'), `import { beforeAll, expect, test } from 'vitest';\n${tests}`);
  const reporter = `--reporter=${join(repo, 'tests/support/summary-reporter.ts')}`;
  const vitest = join(repo, 'node_modules/.bin/vitest');
  const run = spawnSync(vitest, ['run', '--reporter=default', reporter, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: run.status, lines: run.stdout.trimEnd().split('\n') };
}

const pass = "test('good', () => {});\n";

test('the last line counts, and each skip is named with its reason', () => {
  const skip = "test('later', (context) => context.skip('no chromium here'));\n";
  const { code, lines } = runVitest(pass + skip);
  expect(code).toBe(0);
  expect(lines.slice(-2)).toEqual([
    'skipped: a.test.js > later: no chromium here',
    '1 passed, 0 failed, 1 skipped',
  ]);
});

test('above it, the projects that were left out are named, with the command that runs them', () => {
  const config = join(tempFolder('summary'), 'vitest.config.js');
  const projects = ['quick', 'slow', 'slower'].map((name) => ({ test: { name, include: ['*.test.js'] } }));
  writeFileSync(config, `export default { test: { projects: ${JSON.stringify(projects)} } }`);
  const { lines } = runVitest(pass, '--config', config, '--project', 'quick');
  expect(lines.slice(-2)).toEqual([
    'not run: slow, slower: `npm run test:all`',
    '1 passed, 0 failed, 0 skipped',
  ]);
  expect(runVitest(pass, '--config', config).lines.join('\n')).not.toContain('not run');
});

test('above it, each failed test is named with the first line of its error', () => {
  const { lines } = runVitest("test('bad', () => expect(1).toBe(2));\n");
  expect(lines.at(-2)).toBe('failed: a.test.js > bad: expected 1 to be 2 // Object.is equality');
});

test.each([
  {
    what: 'a failed test',
    tests: "test('bad', () => expect(1).toBe(2));\n",
    last: '1 passed, 1 failed, 0 skipped',
  },
  {
    what: 'a file that does not load',
    tests: "throw new Error('broken');\n",
    last: '0 passed, 1 failed, 0 skipped',
  },
  {
    what: 'an error outside of tests',
    tests:
      "setTimeout(() => Promise.reject(new Error('x')));\ntest('slow', () => new Promise((done) => setTimeout(done, 200)));\n",
    last: '2 passed, 1 failed, 0 skipped',
  },
])('$what fails the run', ({ tests, last }) => {
  const { code, lines } = runVitest(pass + tests);
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(last);
});

test.each([
  {
    what: 'nothing but skips',
    tests: "test.skip('later', () => {});\n",
    last: '0 passed, 0 failed, 1 skipped',
  },
  {
    what: 'a hook that skips by throwing',
    tests: "beforeAll(() => { throw new Error('x'); });\ntest('a', () => {});\n",
    last: '0 passed, 1 failed, 1 skipped',
  },
])('a run of $what is no pass', ({ tests, last }) => {
  const { code, lines } = runVitest(tests);
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(last);
});
