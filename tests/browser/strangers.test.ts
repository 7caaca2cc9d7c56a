import { describe, expect, test } from 'vitest';
import { useHub, writeSmall } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import { logIn, passwordWorks, postForm } from '../support/jupyter.ts';

const chosen = 'what-a-stranger-would-choose';

describe('a stranger', () => {
  const hub = useHub(writeSmall);

  test('finds no sign-up page', async () => {
    const page = await hub.newPerson();
    const answer = await page.goto(`${hub.url}hub/signup`);
    await screenshot(page, 'no-sign-up');
    expect(answer?.status()).toBe(404);
  });

  test.each(['admin-alex', 'trainee-1', 'mallory'])('cannot sign up as %s by hand', async (username) => {
    const page = await hub.newPerson();
    const form = { username, signup_password: chosen, signup_password_confirmation: chosen };
    expect(await postForm(page, `${hub.url}hub/signup`, form)).toMatchObject({ status: 404 });
    expect(await passwordWorks(page, hub.url, username, chosen)).toBe(false);
  });

  test('cannot make an account through the API', async () => {
    const page = await hub.newPerson();
    const answer = await page.request.post(`${hub.url}hub/api/users/mallory`, { data: { admin: true } });
    expect(answer.status()).toBe(403);
  });

  test('has changed nobody and added nobody', async () => {
    const { people } = JSON.parse(await hub.box.must(['users', 'list', '--json'])) as {
      people: Record<string, unknown>[];
    };
    expect(people.map(({ name, password }) => `${String(name)} ${String(password)}`)).toEqual([
      'admin-alex initial',
      'trainee-1 initial',
      'trainee-2 initial',
      'trainee-3 initial',
    ]);
  });

  test.each(['', ' ', 'admin-alex', chosen])(
    'does not get in as admin-alex with the password "%s"',
    async (word) => {
      const page = await hub.newPerson();
      expect(await passwordWorks(page, hub.url, 'admin-alex', word)).toBe(false);
    },
  );

  test('is told that the password is wrong, and not whether the name exists', async () => {
    const page = await hub.newPerson();
    const messages: string[] = [];
    for (const name of ['admin-alex', 'mallory']) {
      await logIn(page, hub.url, name, chosen);
      messages.push(await page.locator('.login_error').innerText());
    }
    await screenshot(page, 'wrong-password');
    expect(messages).toEqual(['Invalid username or password.', 'Invalid username or password.']);
  });

  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/hub/..//evil.example',
    'javascript:alert(1)',
    ' //evil.example',
    '%2F%2Fevil.example',
  ])('cannot send a person elsewhere with ?next=%s', async (next) => {
    const page = await hub.newPerson();
    const address = `${hub.url}hub/login?next=${encodeURIComponent(next)}`;
    const form = { username: 'trainee-1', password: await hub.password('trainee-1') };
    const { status, location } = await postForm(page, address, form);
    expect(status).toBe(302);
    expect(new URL(location ?? '', hub.url).origin).toBe(new URL(hub.url).origin);
  });
});
