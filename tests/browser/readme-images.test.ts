import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useHub, writeTraining } from '../support/browser-hub.ts';
import { repo } from '../support/hubwright.ts';
import { labIsOpen, logInToChooser, newNotebook, runCell, startProfile } from '../support/jupyter.ts';

async function keep(page: Page, name: string): Promise<number> {
  const path = join(repo, 'docs', 'images', name);
  await rm(path, { force: true });
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  return (await stat(path)).size;
}

const notAsked =
  process.env['UPDATE_IMAGES'] === '1'
    ? undefined
    : 'made anew only by `UPDATE_IMAGES=1 npm run test:all -- tests/browser/readme-images.test.ts`';

describe('the images of the README', () => {
  const hub = useHub(writeTraining, notAsked);

  test('show the profiles and JupyterLab, in less than 200 KB each', async () => {
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'trainee-1', await hub.password('trainee-1'));
    expect(await keep(page, 'chooser.png')).toBeLessThan(200_000);
    await startProfile(page, 'Python');
    await labIsOpen(page);
    await newNotebook(page);
    const news = page.locator('.Toastify').getByRole('button', { name: 'No' });
    if (await news.isVisible()) await news.click();
    await runCell(page, 'squares = {n: n * n for n in range(1, 7)}\nsquares');
    await runCell(
      page,
      'for n, square in squares.items():\n    print(f"{n} x {n} = {square:2}  " + "*" * square)',
    );
    expect(await keep(page, 'jupyterlab.png')).toBeLessThan(200_000);
  });
});
