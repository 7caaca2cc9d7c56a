import type { Page } from 'playwright-core';

/** Fills in the log-in form, wherever it leads. */
export async function logIn(page: Page, url: string, name: string, password: string): Promise<void> {
  await page.goto(`${url}hub/login`);
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Picks a profile by the name that people read, and starts the server. */
export async function startProfile(page: Page, name: string): Promise<void> {
  const choice = page.locator('label', { has: page.getByText(name, { exact: true }) });
  await choice.getByRole('radio').check();
  await page.getByRole('button', { name: 'Start' }).click();
}

/** Waits until JupyterLab is there to work with. */
export async function labIsOpen(page: Page): Promise<void> {
  await page.waitForURL(/\/user\/[^/]+\/lab/, { timeout: 60_000 });
  await page.locator('#jp-main-dock-panel').waitFor({ timeout: 60_000 });
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}

/** Opens a new Python notebook from the launcher, and waits for its kernel. */
export async function newNotebook(page: Page): Promise<void> {
  await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
  await page.locator('.jp-Notebook .cm-content').first().waitFor();
  // Before that JupyterLab throws away what is run, and says nothing.
  await page.locator('#jp-main-statusbar').getByText('| Idle').waitFor();
}

/** Types into the notebook's last cell and runs it with Shift+Enter. @returns what it printed. */
export async function runCell(page: Page, code: string): Promise<string> {
  const cell = page.locator('.jp-Notebook .jp-CodeCell').last();
  await cell.locator('.cm-content').click();
  // Not key by key: the editor would close brackets by itself.
  await page.keyboard.insertText(code);
  const number = await page.locator('.jp-Notebook .jp-CodeCell').count();
  await page.keyboard.press('Shift+Enter');
  const ran = page.locator('.jp-Notebook .jp-CodeCell').nth(number - 1);
  await ran.locator('.jp-InputPrompt', { hasText: /\[\d+\]/ }).waitFor();
  return (await ran.locator('.jp-OutputArea-output').allInnerTexts()).join('\n').trim();
}

/** The names in the file browser's current folder. */
export async function filesShown(page: Page): Promise<string[]> {
  const items = page.locator('.jp-DirListing-item .jp-DirListing-itemText');
  await items.first().waitFor();
  return (await items.allInnerTexts()).map((text) => text.trim());
}

/** Logs in and ends where the profiles are chosen, as who has no server does. */
export async function logInToChooser(page: Page, url: string, name: string, password: string): Promise<void> {
  await logIn(page, url, name, password);
  await page.getByRole('radio').first().waitFor();
}

/** Whether that password opens the hub, tried without a browser's pages. */
export async function passwordWorks(
  page: Page,
  url: string,
  name: string,
  password: string,
): Promise<boolean> {
  const answer = await postForm(page, `${url}hub/login`, { username: name, password });
  return answer.status === 302;
}

/** Posts a form by hand with the token that the log-in page gives everybody, and follows nothing. */
export async function postForm(
  page: Page,
  address: string,
  form: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string; readonly location: string | undefined }> {
  await page.context().clearCookies();
  const hub = address.slice(0, address.indexOf('/hub/') + 5);
  await page.request.get(`${hub}login`);
  const cookies = await page.context().cookies(hub);
  const token = cookies.find(({ name, path }) => name === '_xsrf' && path === '/hub/')?.value ?? '';
  const answer = await page.request.post(address, { form: { ...form, _xsrf: token }, maxRedirects: 0 });
  return { status: answer.status(), text: await answer.text(), location: answer.headers()['location'] };
}
