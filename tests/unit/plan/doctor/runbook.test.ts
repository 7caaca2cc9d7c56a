import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checks } from '../../../../src/plan/doctor/checks/index.ts';

const folder = new URL('../../../../docs/runbook/', import.meta.url);

describe('the runbook', () => {
  test('has a page for each check, which names it', () => {
    for (const { id, page } of checks)
      expect(readFileSync(new URL(`${page}.md`, folder), 'utf8'), id).toContain(`\`${id}\``);
  });

  test('lists all its pages', () => {
    const index = readFileSync(new URL('README.md', folder), 'utf8');
    for (const page of readdirSync(folder).filter((name) => name !== 'README.md'))
      expect(index).toContain(`](${page})`);
  });
});

test('each check has an id of its own', () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
