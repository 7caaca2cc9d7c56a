import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useHub, writeSmall } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import {
  filesShown,
  labIsOpen,
  logIn,
  logInToChooser,
  newNotebook,
  runCell,
  startProfile,
} from '../support/jupyter.ts';

const hub = useHub(writeSmall);

async function atWork(name: string): Promise<Page> {
  const page = await hub.newPerson();
  await logIn(page, hub.url, name, await hub.password(name));
  await startProfile(page, 'Python');
  await labIsOpen(page);
  return page;
}

describe('two people at once', () => {
  let one: Page;
  let two: Page;

  test('both work in a server of their own', async () => {
    [one, two] = await Promise.all([atWork('trainee-1'), atWork('trainee-2')]);
    expect([one, two].map((page) => new URL(page.url()).pathname.split('/')[2])).toEqual([
      'trainee-1',
      'trainee-2',
    ]);
  });

  test('do not see each other’s files', async () => {
    for (const [page, name] of [
      [one, 'of-one'],
      [two, 'of-two'],
    ] as const) {
      await newNotebook(page);
      expect(await runCell(page, `print(open("${name}.txt", "w").write("mine"))`)).toBe('4');
      await page
        .getByRole('button', { name: /Refresh/ })
        .first()
        .click();
      await page.locator('.jp-DirListing-itemText', { hasText: `${name}.txt` }).waitFor();
    }
    expect(await filesShown(one)).not.toContain('of-two.txt');
    expect(await filesShown(two)).not.toContain('of-one.txt');
  });

  test('cannot open each other’s server', async () => {
    const visitor = await two.context().newPage();
    const answer = await visitor.goto(`${hub.url}user/trainee-1/lab`);
    await screenshot(visitor, 'not-your-server');
    expect(answer?.status()).toBe(403);
    await visitor.close();
  });

  test('find their files again after the hub and their servers were stopped', async () => {
    await hub.box.must(['down']);
    await hub.up();
    const page = await atWork('trainee-1');
    expect(await filesShown(page)).toContain('of-one.txt');
  });
});

describe('the administrator', () => {
  test('sees everybody on the admin page', async () => {
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'admin-alex', await hub.password('admin-alex'));
    await page.getByRole('link', { name: 'Admin' }).click();
    await page.locator('tr.user-row').first().waitFor();
    await screenshot(page, 'admin');
    const names = await page.locator('tr.user-row td[data-testid="user-row-name"]').allInnerTexts();
    expect(names.map((name) => name.trim()).toSorted()).toEqual([
      'admin-alex',
      'trainee-1',
      'trainee-2',
      'trainee-3',
    ]);
  });

  test('is the only one who does: a trainee is refused', async () => {
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'trainee-3', await hub.password('trainee-3'));
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    const answer = await page.goto(`${hub.url}hub/admin`);
    await screenshot(page, 'admin-refused');
    expect(answer?.status()).toBe(403);
  });
});
