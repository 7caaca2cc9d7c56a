import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { repo, type Sandbox, sandbox } from '../support/hubwright.ts';

const readme = readFileSync(`${repo}/README.md`, 'utf8');

/** The code blocks of that language, in their order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text]) => text ?? '',
  );
}

/** The commands of a block, without what is said behind them. */
function commands(block: string | undefined): string[] {
  const lines = block?.split('\n') ?? [];
  return lines.map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== '');
}

const [first, second, own] = blocks('sh');
const example = ' --file examples/training/hub.yaml';

let place: Sandbox;
beforeEach(() => (place = sandbox()));
afterEach(() => place.close());

test('the first command runs the example, and the last thing it prints is where to go and how to log in', async () => {
  expect(commands(first)).toEqual(['./hubwright up']);
  const stdout = await place.must(['up'], { cwd: repo });
  try {
    expect(stdout).toMatch(/Open +http:\/\/127\.0\.0\.1:\d+\/\n +Log in .*\n +Stop +.*\n$/);
    expect(/Log in .*: hubwright (.*)/.exec(stdout)?.[1]).toBe(`users local handout${example}`);
    // The other commands do not fall back to the example.
    expect(/Stop +hubwright (.*)/.exec(stdout)?.[1]).toBe(`down local${example}`);
    expect(readFileSync(`${repo}/CONTRIBUTING.md`, 'utf8')).toContain(
      `\`./hubwright down${example}\` stops it`,
    );
  } finally {
    await place.must(`down${example}`.split(' '), { cwd: repo });
  }
});

test('the second command is this test run', () => {
  expect(commands(second)).toEqual(['npm test']);
});

test('the commands for a hub of your own work one after the other', async () => {
  const lines = commands(own);
  expect(lines.length).toBeGreaterThan(8);
  place.willTakeDown('hub.yaml');
  for (const line of lines) {
    const [program, ...args] = line.split(' ');
    expect(program).toBe('hubwright');
    await place.must(args);
  }
});

test('the file that is shown is right', () => {
  const [yaml = ''] = blocks('yaml');
  expect(loadConfig({ file: 'hub.yaml', text: yaml }).problems).toEqual([]);
});

test('every page that is linked exists', () => {
  for (const [, path = ''] of readme.matchAll(/\]\(((?!https?:)[^)#]+)/g)) {
    expect(existsSync(`${repo}/${path}`), path).toBe(true);
  }
});
