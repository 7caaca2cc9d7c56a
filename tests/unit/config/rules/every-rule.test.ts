import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { load } from '../support.ts';

const codesIn = (text: string) => [...text.matchAll(/code: '([a-z-]+)'/g)].map((match) => match[1] ?? '');

test('every rule has a wrong file in the corpus', () => {
  const rules = new URL('../../../../src/config/rules/', import.meta.url);
  const known = new Set(
    readdirSync(rules).flatMap((name) => codesIn(readFileSync(new URL(name, rules), 'utf8'))),
  );
  const corpus = new URL('../wrong/', import.meta.url);
  const found = new Set<string>();
  for (const name of readdirSync(corpus)) {
    const cases = readFileSync(new URL(name, corpus), 'utf8')
      .split(/^=== .*\n/m)
      .slice(1);
    for (const one of cases)
      for (const { code } of load(one.split(/^--- says\n/m)[0] ?? '').problems) found.add(code);
  }
  expect([...known].filter((code) => !found.has(code))).toEqual([]);
});
