import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useHub, writeTraining } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import { filesShown, labIsOpen, logIn, newNotebook, runCell, startProfile } from '../support/jupyter.ts';

/** One person's way through a lesson, step by step in one browser. */
describe('a trainee at work in the training example', () => {
  const hub = useHub(writeTraining);
  let page: Page;

  test('sees the log-in page of the course', async () => {
    page = await hub.newPerson();
    await page.goto(hub.url);
    await screenshot(page, 'login');
    expect(await page.getByRole('heading', { name: 'jupyter-training' }).isVisible()).toBe(true);
  });

  test('logs in with the password of the hand-out and finds the profiles to choose from', async () => {
    await logIn(page, hub.url, 'trainee-1', await hub.password('trainee-1'));
    const choices = page.getByRole('radio');
    await choices.first().waitFor();
    await screenshot(page, 'chooser');
    const labels = await page.locator('#hubwright-profiles label').allInnerTexts();
    expect(labels.map((text) => text.split('\n').map((line) => line.trim()))).toEqual([
      ['Python', 'Two cores, for most lessons', 'up to 2 CPU, 1.8 GB memory'],
      ['Python, large', 'Six cores and 25 GB, for bigger data', 'up to 6 CPU, 25 GB memory'],
      ['GPU', 'One GPU, with PyTorch', 'up to 6 CPU, 25 GB memory'],
    ]);
  });

  test('has the default profile chosen at first', async () => {
    const checked = await page
      .getByRole('radio')
      .evaluateAll((all) => all.map((one) => one.matches(':checked')));
    expect(checked).toEqual([true, false, false]);
  });

  test('starts the second profile, and JupyterLab opens', async () => {
    await startProfile(page, 'Python, large');
    // The page of progress is there for a second or two only: looked at where it is caught, never waited for.
    await page.waitForURL(/\/hub\/spawn-pending\/|\/user\//);
    await screenshot(page, 'starting');
    await labIsOpen(page);
    await screenshot(page, 'jupyterlab');
    expect(new URL(page.url()).pathname).toMatch(/^\/user\/trainee-1\/lab/);
  });

  test('runs a cell in a new notebook and sees its output', async () => {
    await newNotebook(page);
    expect(await runCell(page, 'print(6 * 7)')).toBe('42');
    await screenshot(page, 'notebook');
  });

  test("has the second profile's limits in the server", async () => {
    const code = 'import os; print(os.environ["MEM_LIMIT"], os.environ["CPU_LIMIT"])';
    expect(await runCell(page, code)).toBe(`${25 * 1024 ** 3} 6.0`);
  });

  test('sees the materials and the log of the profile commands in the file browser', async () => {
    expect(await filesShown(page)).toEqual(
      expect.arrayContaining(['materials', 'results', 'profile-commands.log']),
    );
  });

  test('cannot write into the materials', async () => {
    const code = 'try: open("materials/mine.txt", "w")\nexcept OSError as error: print(error.strerror)';
    // A mount of one's own, or a copy where the machine allows no mount.
    expect(await runCell(page, code)).toMatch(/^(Read-only file system|Permission denied)$/);
  });
});
