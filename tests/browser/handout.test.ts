import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useHub, writeTraining } from '../support/browser-hub.ts';
import { chromiumPath, screenshot } from '../support/browser.ts';
import { repo } from '../support/hubwright.ts';

describe('the page of cards', () => {
  const hub = useHub(writeTraining);
  let page: Page;

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    await hub.box.must(['users', 'local', 'handout', '--out', 'handout']);
    page = await hub.newPerson();
    await page.goto(pathToFileURL(join(hub.box.folder, 'handout', 'cards.html')).href);
  });

  test('has a card for everybody, with address, name and password', async () => {
    await screenshot(page, 'cards');
    const names = await page.locator('article dd:nth-of-type(2)').allInnerTexts();
    expect(names).toEqual(['admin-alex', ...[1, 2, 3, 4, 5].map((n) => `trainee-${n}`)]);
    const card = (await page.locator('article', { hasText: 'trainee-1' }).innerText()).replaceAll(
      /\s+/g,
      ' ',
    );
    expect(card).toContain(`Address ${hub.url} Name trainee-1 Password ${await hub.password('trainee-1')}`);
  });

  test('prints the six of them on one sheet of A4', async () => {
    const folder = join(repo, 'test-results', 'browser');
    await mkdir(folder, { recursive: true });
    const pdf = await page.pdf({ path: join(folder, 'cards.pdf'), preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  });
});
