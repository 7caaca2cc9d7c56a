import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { focusOrder, poorContrasts } from '../support/accessibility.ts';
import { useHub, writeSmall } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import { logIn, logInToChooser } from '../support/jupyter.ts';

const hub = useHub(writeSmall);

describe.each(['light', 'dark'] as const)('in %s colours every text can be read', (colorScheme) => {
  async function open(): Promise<Page> {
    const page = await hub.newPerson();
    await page.emulateMedia({ colorScheme });
    return page;
  }

  test('on the log-in page', async () => {
    const page = await open();
    await logIn(page, hub.url, 'trainee-1', 'wrong');
    await page.locator('.login_error').waitFor();
    await screenshot(page, `login-${colorScheme}`);
    expect(await poorContrasts(page)).toEqual([]);
  });

  test('on the page where profiles are chosen', async () => {
    const page = await open();
    await logInToChooser(page, hub.url, 'trainee-1', await hub.password('trainee-1'));
    await screenshot(page, `chooser-${colorScheme}`);
    expect(await poorContrasts(page)).toEqual([]);
  });

  test('on the page of a refusal', async () => {
    const page = await open();
    await logInToChooser(page, hub.url, 'trainee-1', await hub.password('trainee-1'));
    await page.goto(`${hub.url}hub/admin`);
    await screenshot(page, `refused-${colorScheme}`);
    expect(await poorContrasts(page)).toEqual([]);
  });
});

describe('with the keyboard alone', () => {
  test('a person gets through the log-in page in the order of reading', async () => {
    const page = await hub.newPerson();
    await page.goto(`${hub.url}hub/login`);
    expect(await focusOrder(page, 4)).toEqual([
      'textbox "Username:"',
      'textbox "Password:"',
      'button "Sign in"',
      'link "help@example.org"',
    ]);
  });

  test('a person chooses a profile with the arrows, and Tab leads to Start', async () => {
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'trainee-1', await hub.password('trainee-1'));
    await page.getByRole('radio', { name: 'Python' }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { name: 'Other' }).isChecked()).toBe(true);
    expect(await focusOrder(page, 2)).toEqual(['radio "Other"', 'button "Start"']);
  });
});

describe('for a screen reader', () => {
  test('the log-in page has a language, a title and headings', async () => {
    const page = await hub.newPerson();
    await page.goto(`${hub.url}hub/login`);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toBe('small');
    expect(await page.getByRole('heading').allInnerTexts()).toEqual(['small', 'Sign in']);
  });

  test('the profiles are one group with a name, and each says what it is for', async () => {
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'trainee-1', await hub.password('trainee-1'));
    const group = page.getByRole('group', { name: 'Choose what your server is for' });
    const python = group.getByRole('radio', { name: 'Python up to 2 CPU, 2 GB memory' });
    expect(await python.count()).toBe(1);
    expect(await group.getByRole('radio').count()).toBe(2);
  });
});
