import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { anyFreePort } from '../../src/adapters/local/ports.ts';
import { useHub } from '../support/browser-hub.ts';
import { screenshot } from '../support/browser.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { type RunningProvider, logInThrough, startProvider } from '../support/oidc-provider.ts';

const secret = 'a-client-secret-that-the-file-does-not-hold';

describe('log-in through an OpenID Connect provider', () => {
  let provider: RunningProvider;
  let port: number;

  const hub = useHub(async (box) => {
    port = await anyFreePort();
    provider = await startProvider({
      id: 'hub',
      secret,
      redirectUri: `http://127.0.0.1:${port}/hub/oauth_callback`,
    });
    provider.groups.set('ada', ['training/admins']);
    provider.groups.set('tim', ['training/users', 'choir']);
    provider.groups.set('eve', ['choir']);
    await writeConfig(box, '{ fromEnv: OIDC_SECRET }');
    return { env: { OIDC_SECRET: secret } };
  });

  afterAll(async () => {
    await provider?.close();
  });

  async function writeConfig(box: Sandbox, clientSecret: string): Promise<void> {
    await box.writeConfig(`name: oidc
environments:
  local:
    target: local
    contactEmail: help@example.org
    local: { port: ${port} }
    auth:
      oidc:
        clientId: hub
        clientSecret: ${clientSecret}
        authorizeUrl: ${provider.issuer}/auth
        tokenUrl: ${provider.issuer}/token
        userdataUrl: ${provider.issuer}/me
        usernameClaim: preferred_username
        loginService: Test IAM
        adminGroups: [training/admins]
        allowedGroups: [training/users]
    profiles:
      standard: { displayName: Python }
      large: { displayName: Large }
`);
  }

  async function logIn(name: string): Promise<Page> {
    const page = await hub.newPerson();
    await logInThrough(provider, page, hub.url, name);
    return page;
  }

  async function mayAdminister(page: Page): Promise<boolean> {
    const answer = await page.goto(`${hub.url}hub/admin`);
    return answer?.status() === 200;
  }

  test('the config is valid, with plain http on loopback', async () => {
    expect(await hub.box.run(['check'])).toMatchObject({ exitCode: 0 });
  });

  test('the log-in page names the provider', async () => {
    const page = await hub.newPerson();
    await page.goto(hub.url);
    await screenshot(page, 'oidc-login');
    expect(await page.getByRole('button', { name: 'Sign in with Test IAM' }).isVisible()).toBe(true);
  });

  test('a member of the admin group is an administrator', async () => {
    expect(await mayAdminister(await logIn('ada'))).toBe(true);
  });

  test('a member of the allowed group gets in, by name and as an ordinary person', async () => {
    const page = await logIn('tim');
    expect(await page.getByRole('radio').count()).toBe(2);
    expect(await page.locator('#login_widget').innerText()).toContain('tim');
    expect(await mayAdminister(page)).toBe(false);
  });

  test('somebody in neither group is told why not, and whom to ask', async () => {
    const page = await hub.newPerson();
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/hub/oauth_callback')) answers.push(response.status());
    });
    await logInThrough(provider, page, hub.url, 'eve');
    await screenshot(page, 'oidc-refused');
    expect(answers).toEqual([403]);
    const text = await page.locator('.error').innerText();
    expect(text).toContain('eve is not in a group that may use this hub');
    expect(text).toContain('help@example.org');
  });

  test('somebody turned away is not known to the hub', async () => {
    const { people } = JSON.parse(await hub.box.must(['users', 'list', '--json'])) as {
      people: { name: string }[];
    };
    expect(people.map(({ name }) => name)).not.toContain('eve');
  });

  test('`verify` works as a person does, without an account at the provider', async () => {
    expect(await hub.box.run(['verify', '--profile', 'standard'])).toMatchObject({ exitCode: 0 });
  });

  test('who lost the admin group is no administrator after the next log-in', async () => {
    const page = await logIn('ada');
    provider.groups.set('ada', ['training/users']);
    await page.goto(`${hub.url}hub/logout`);
    await logInThrough(provider, page, hub.url, 'ada');
    expect(await page.getByRole('radio').count()).toBe(2);
    expect(await mayAdminister(page)).toBe(false);
  });

  test('who lost every group does not get in any more', async () => {
    provider.groups.set('tim', []);
    const page = await logIn('tim');
    expect(await page.locator('.error').innerText()).toContain('not in a group');
  });

  test('the client secret may come from a file', async () => {
    await hub.box.must(['down']);
    await hub.box.write('secrets/client', `${secret}\n`, 0o600);
    await writeConfig(hub.box, '{ fromFile: secrets/client }');
    provider.groups.set('tim', ['training/users']);
    await hub.up({});
    const page = await logIn('tim');
    expect(await page.getByRole('radio').count()).toBe(2);
  });

  test('without the secret `up` says what is missing and starts nothing', async () => {
    await hub.box.must(['down']);
    await writeConfig(hub.box, '{ fromEnv: OIDC_SECRET }');
    const { exitCode, stderr } = await hub.box.run(['up', '--no-verify']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('OIDC_SECRET');
    expect(await hub.box.processes()).toEqual([]);
  });
});
