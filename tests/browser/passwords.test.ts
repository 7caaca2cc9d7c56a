import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useHub, writeSmall } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import { logInToChooser, passwordWorks } from '../support/jupyter.ts';

const own = 'a word of my own choice';

async function change(page: Page, from: string, to: string): Promise<string> {
  await page.getByRole('link', { name: 'Change password' }).click();
  await page.getByLabel('Old password').fill(from);
  await page.getByLabel('New password', { exact: false }).first().fill(to);
  await page.getByLabel('Confirm new password').fill(to);
  await page.getByRole('button', { name: 'Change Password' }).click();
  return page.getByRole('alert').innerText();
}

describe('a person who chooses a password', () => {
  const hub = useHub(writeSmall);
  let initial: string;

  async function works(password: string): Promise<boolean> {
    return passwordWorks(await hub.newPerson(), hub.url, 'trainee-1', password);
  }

  test('is told when it is too easy to guess, and keeps the old one', async () => {
    initial = await hub.password('trainee-1');
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'trainee-1', initial);
    const message = await change(page, initial, 'password');
    await screenshot(page, 'weak-password');
    expect(message).toContain('not too common');
    expect(await works(initial)).toBe(true);
  });

  test('changes it on the hub’s own page', async () => {
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'trainee-1', initial);
    expect(await change(page, initial, own)).toContain('successful');
    await screenshot(page, 'password-changed');
  });

  test('cannot log in with the old one any more', async () => {
    expect(await works(initial)).toBe(false);
  });

  test('logs in with the new one', async () => {
    expect(await works(own)).toBe(true);
  });

  test('is listed with a changed password, and the others are not', async () => {
    const { people } = JSON.parse(await hub.box.must(['users', 'list', '--json'])) as {
      people: {
        name: string;
        password: string;
      }[];
    };
    const changed = people.filter(({ password }) => password === 'changed');
    expect(changed.map(({ name }) => name)).toEqual(['trainee-1']);
  });

  test('has no password on the hand-out', async () => {
    await hub.box.must(['users', 'local', 'handout', '--out', 'handout']);
    const csv = await readFile(join(hub.box.folder, 'handout', 'accounts.csv'), 'utf8');
    expect(csv).toContain('\r\ntrainee-1,,user,');
  });

  test('keeps it over an `up` and a restart of the hub', async () => {
    await hub.box.must(['down']);
    await hub.up();
    expect([await works(own), await works(initial)]).toEqual([true, false]);
  });

  test('gets a new one by `users reset`, and neither of the old ones works', async () => {
    await hub.box.must(['users', 'local', 'reset', 'trainee-1']);
    const fresh = await hub.password('trainee-1');
    expect([await works(fresh), await works(own), await works(initial)]).toEqual([true, false, false]);
  });
});
