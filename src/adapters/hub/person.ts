import type { Credentials, Kernel, Person } from '../../ports.ts';
import { systemClock } from '../clock.ts';
import { type Answer, Browser } from './browser.ts';
import { openKernel } from './kernel.ts';

/**
 * A person at the hub of that public address (`http://127.0.0.1:8000/`): through the log-in page and the same
 * requests that a browser makes, or with a token where the log-in page is another service's.
 */
export function person(publicUrl: string, credentials: Credentials): Person {
  const { name } = credentials;
  const browser = new Browser(
    credentials.kind === 'token' ? { Authorization: `token ${credentials.token}` } : {},
  );
  const hub = new URL('hub/', publicUrl).href;
  const server = new URL(`user/${encodeURIComponent(name)}/`, publicUrl).href;
  return {
    logIn: () =>
      credentials.kind === 'password' ? logInByPage(browser, hub, credentials) : reachLogIn(hub, publicUrl),
    startServer: (profile) => startServer(browser, { hub, server, name, profile }),
    startKernel: (): Promise<Kernel> => openKernel(browser, server),
    stopServer: () => stopServer(browser, hub, name),
  };
}

async function logInByPage(
  browser: Browser,
  hub: string,
  { name, password }: { name: string; password: string },
): Promise<void> {
  await browser.get(`${hub}login`);
  const answer = await browser.post(`${hub}login?next=${encodeURIComponent('/hub/home')}`, {
    username: name,
    password,
  });
  if (answer.status === 200 && !answer.url.includes('/hub/login')) return;
  const reason = answer.text.includes('Invalid username or password') ? ', wrong name or password' : '';
  throw new Error(`the log-in page answered ${answer.status}${reason}`);
}

/** With an OIDC provider we have no password: the hub has to send people to the provider. */
async function reachLogIn(hub: string, publicUrl: string): Promise<void> {
  const { status, headers } = await new Browser().get(`${hub}oauth_login`);
  if (
    headers.location === undefined ||
    new URL(headers.location, publicUrl).origin === new URL(publicUrl).origin
  ) {
    throw new Error(`the hub does not send people to the provider: it answered ${status}`);
  }
}

/** Seconds. The hub itself gives up after its `startTimeout`, an hour unless the file says otherwise. */
const longestStart = 4000;

interface Start {
  readonly hub: string;
  readonly server: string;
  readonly name: string;
  readonly profile: string;
}

async function startServer(browser: Browser, { hub, server, name, profile }: Start): Promise<void> {
  const api = `${hub}api/users/${encodeURIComponent(name)}`;
  await browser.get(`${hub}home`);
  const asked = await browser.send('POST', `${api}/server`, { profile });
  if (![201, 202].includes(asked.status))
    throw new Error(`the hub answered ${asked.status}: ${messageIn(asked)}`);
  untilReady(await progressOf(browser, api));
  // The first visit of a page logs in at the server: it asks the hub who this is and sets its own cookies.
  await browser.get(`${server}lab`);
  const { status } = await browser.get(`${server}api/status`);
  if (status !== 200) throw new Error(`the server answered ${status}`);
}

/** Of a start that has failed at once the hub knows, for a moment, neither that it goes on nor that it has failed. */
async function progressOf(browser: Browser, api: string): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await browser.get(`${api}/server/progress`, longestStart);
    if (answer.status !== 400 || tries === 20) return answer;
    await systemClock.sleep(50);
  }
}

interface ProgressEvent {
  readonly message?: string;
  readonly ready?: boolean;
  readonly failed?: boolean;
}

/** The spawn page's progress, one JSON a `data:` line: the hub ends it when the server is ready or has failed. */
function untilReady({ text }: Answer): void {
  const lines = text.split('\n').filter((line) => line.startsWith('data:'));
  const events = lines.map((line) => JSON.parse(line.slice('data:'.length)) as ProgressEvent);
  if (events.some(({ ready }) => ready === true)) return;
  throw new Error(
    events.findLast(({ message }) => message !== undefined)?.message ?? 'the start ended without an answer',
  );
}

async function stopServer(browser: Browser, hub: string, name: string): Promise<void> {
  const api = `${hub}api/users/${encodeURIComponent(name)}`;
  const answer = await browser.send('DELETE', `${api}/server`);
  if (![202, 204].includes(answer.status))
    throw new Error(`the hub answered ${answer.status}: ${messageIn(answer)}`);
  for (let tries = 0; tries < 300; tries++) {
    const { server } = JSON.parse((await browser.get(api)).text) as { server?: string | null };
    if (!server) return;
    await systemClock.sleep(50);
  }
  throw new Error('the server does not stop');
}

function messageIn({ text }: Answer): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
