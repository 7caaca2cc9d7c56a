import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importAnsible } from '../../../src/config/import-ansible/index.ts';
import type { Imported } from '../../../src/config/import-ansible/index.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Path } from '../../../src/config/problem.ts';
import { filesBelow } from './files.ts';

// Each case is a folder: input/ as an operator's repository, and what becomes of it. UPDATE_GOLDEN=1 writes the results;
// read them as the operator would before they are committed.
const golden = join(import.meta.dirname, 'golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

describe.each(readdirSync(golden).toSorted())('%s', (name) => {
  const folder = join(golden, name);
  const input = filesBelow(join(folder, 'input'));
  const result = importAnsible(input, { name: 'jupyter-training' });

  test('gives this hub.yaml', () => {
    expect(result.yaml).toBe(expected(join(folder, 'hub.yaml'), result.yaml));
  });

  test('says these things', () => {
    const text = notesText(result);
    expect(text).toBe(expected(join(folder, 'notes.txt'), text));
  });

  test('leaves this to fill in', () => {
    const text = problemsText(result.yaml);
    expect(text).toBe(expected(join(folder, 'problems.txt'), text));
  });

  test('shows no secret', () => {
    const shown = result.yaml + notesText(result);
    const marked = [...input.values()].flatMap((text) =>
      [...text.matchAll(/fake-secret-[\w-]+/g)].map(([secret]) => secret),
    );
    expect(marked.filter((secret) => shown.includes(secret))).toEqual([]);
  });
});

function expected(file: string, actual: string): string {
  if (update) writeFileSync(file, actual);
  return existsSync(file) ? readFileSync(file, 'utf8') : `${file} is missing: run with UPDATE_GOLDEN=1`;
}

function notesText({ notes, secrets }: Imported): string {
  const lines = notes.map(({ severity, environment, what, why, place }) => {
    const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
    return `${severity}${environment === undefined ? '' : ` [${environment}]`}: ${what}${where}\n    ${why}\n`;
  });
  return [...lines, ...secrets.map(({ path, environment }) => `secret [${environment}]: ${path}\n`)].join('');
}

/** Without the wording, which is tested with the rules. */
function problemsText(yaml: string): string {
  const { problems } = loadConfig({ file: 'hub.yaml', text: yaml });
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${pathText(path)}\n`)
    .join('');
}

/** `profiles.gpu.commands[0]` */
function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${String(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
