import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useHub, writeSmall } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import {
  labIsOpen,
  logIn,
  logInToChooser,
  newNotebook,
  passwordWorks,
  runCell,
  startProfile,
} from '../support/jupyter.ts';

const before = '{ admins: [alex, sam, kim], users: { prefix: trainee, count: 1 }, extra: [jo] }';
/** jo and sam have gone; kim stays, and is no administrator any more. */
const after = '{ admins: [alex], users: { prefix: trainee, count: 1 }, extra: [admin-kim] }';

/** One edit of the file, and what it means for the people concerned. */
describe('people who are taken out of the file', () => {
  const hub = useHub((box) => writeSmall(box, before));
  const passwords = new Map<string, string>();
  let jo: Page;
  let sam: Page;
  let kim: Page;

  async function logsIn(name: string): Promise<Page> {
    const page = await hub.newPerson();
    passwords.set(name, await hub.password(name));
    await logIn(page, hub.url, name, passwords.get(name) ?? '');
    await page.getByRole('radio').first().waitFor();
    return page;
  }

  const opensAdmin = async (page: Page): Promise<number | undefined> =>
    (await page.goto(`${hub.url}hub/admin`))?.status();

  test('work as long as they are listed', async () => {
    jo = await logsIn('jo');
    await startProfile(jo, 'Python');
    await labIsOpen(jo);
    await newNotebook(jo);
    expect(await runCell(jo, 'print(open("work.txt", "w").write("of weeks"))')).toBe('8');
    [sam, kim] = [await logsIn('admin-sam'), await logsIn('admin-kim')];
    expect([await opensAdmin(sam), await opensAdmin(kim)]).toEqual([200, 200]);
  });

  test('are named by the `up` that takes their access', async () => {
    await writeSmall(hub.box, after);
    const output = await hub.box.must(['up', '--no-verify', '--json']);
    expect(output).toContain('jo');
    expect(output).toContain('admin-sam');
  });

  test('have no server any more', async () => {
    // A kernel may need a moment longer than its server, which `up` waits for.
    const serversAndKernels = async (): Promise<string[]> =>
      (await hub.box.processes())
        .map(({ command }) => command)
        .filter((command) => /singleuser|ipykernel/.test(command));
    await expect.poll(serversAndKernels, { timeout: 10_000 }).toEqual([]);
  });

  test('are sent to the log-in page in the browser that was open', async () => {
    await jo.goto(`${hub.url}user/jo/lab`);
    await screenshot(jo, 'removed');
    expect(new URL(jo.url()).pathname).toBe('/hub/login');
    await sam.goto(`${hub.url}hub/admin`);
    expect(new URL(sam.url()).pathname).toBe('/hub/login');
  });

  test.each(['jo', 'admin-sam'])('cannot log in again: %s', async (name) => {
    expect(await passwordWorks(await hub.newPerson(), hub.url, name, passwords.get(name) ?? '')).toBe(false);
  });

  test('have their home still on the disk', async () => {
    const home = join(hub.box.state('small').homes, 'jo');
    expect(await readFile(join(home, 'work.txt'), 'utf8')).toBe('of weeks');
  });

  test('lose the admin right alone where the account stays', async () => {
    expect(await opensAdmin(kim)).toBe(403);
    const page = await hub.newPerson();
    await logInToChooser(page, hub.url, 'admin-kim', passwords.get('admin-kim') ?? '');
    expect(await opensAdmin(page)).toBe(403);
  });
});
