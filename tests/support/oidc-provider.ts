import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Page } from 'playwright-core';

interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

/** A real OpenID Connect provider on loopback, with the accounts that a test puts into it. */
export interface RunningProvider {
  readonly issuer: string;
  /** Who has an account there, and in which groups they are now. Any password is right. */
  readonly groups: Map<string, readonly string[]>;
  close(): Promise<void>;
}

export async function startProvider(client: Client): Promise<RunningProvider> {
  const groups = new Map<string, readonly string[]>();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', makeProvider(issuer, client, groups).callback());
  return {
    issuer,
    groups,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function makeProvider(
  issuer: string,
  client: Client,
  groups: ReadonlyMap<string, readonly string[]>,
): Provider {
  return new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] }],
    // As IRIS IAM does, the groups come with the profile.
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    features: { devInteractions: { enabled: true } },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    // Keys of its own: the ones that it would take otherwise are everybody's, as it warns.
    jwks: {
      keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })],
    },
    findAccount: (_, id) => {
      const memberOf = groups.get(id);
      if (memberOf === undefined) return undefined;
      // Not the name: a hub that took the subject for it would be wrong.
      const claims = {
        sub: `subject-of-${id}`,
        preferred_username: id,
        email: `${id}@example.org`,
        groups: memberOf,
      };
      return { accountId: id, claims: () => claims };
    },
  });
}

/** Goes through the hub's log-in page and the provider's own pages, as far as they are shown, back to the hub. */
export async function logInThrough(
  provider: RunningProvider,
  page: Page,
  hub: string,
  name: string,
): Promise<void> {
  await page.goto(`${hub}hub/login`);
  await page.getByRole('button', { name: /^Sign in with/ }).click();
  if (await isAsked(page, provider, 'input[name=login]')) {
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
  }
  if (await isAsked(page, provider, 'input[name=prompt][value=consent]')) {
    await page.locator('button[type=submit]').click();
  }
  await page.waitForURL((url) => url.href.startsWith(hub));
}

/** A provider that knows the person already, and what was agreed to, asks for less. */
async function isAsked(page: Page, provider: RunningProvider, field: string): Promise<boolean> {
  await page.waitForLoadState('domcontentloaded');
  if (!page.url().startsWith(provider.issuer)) return false;
  return (await page.locator(field).count()) > 0;
}
