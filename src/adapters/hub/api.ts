import { UserError, messageOf } from '../../errors.ts';
import type { HubApi, HubUser, RunningServer } from '../../ports.ts';
import { systemClock } from '../clock.ts';

/** Parts of JupyterHub 5's REST API models that are used here (its documentation, "JupyterHub REST API"). */
interface UserModel {
  readonly name: string;
  readonly admin: boolean;
  readonly last_activity?: string | null;
  readonly servers?: Readonly<Record<string, ServerModel>>;
}

interface ServerModel {
  readonly ready: boolean;
  readonly pending?: string | null;
  readonly started?: string | null;
  readonly last_activity?: string | null;
  readonly user_options?: { readonly profile?: string };
  readonly state?: { readonly profile?: string; readonly fingerprint?: string };
}

interface Page {
  readonly items: readonly UserModel[];
  readonly _pagination: { readonly next: { readonly offset: number; readonly limit: number } | null };
}

const paginated = 'application/jupyterhub-pagination+json';

/** Asks the hub at that address (`http://127.0.0.1:8081/hub/api`) with a service token. */
export function hubApi(address: string, token: string): HubApi {
  const ask = async (method: string, path: string, options: Ask = {}): Promise<Response> => {
    const response = await request(method, `${address}${path}`, token, options);
    if (response.ok || options.allow?.includes(response.status)) return response;
    throw await refused(response, `${method} ${path}`);
  };
  return {
    users: () => allUsers(ask),
    deleteUser: (name) => deleteUser(ask, name),
    createUser: async (name) => {
      await ask('POST', `/users/${encodeURIComponent(name)}`, { allow: [409] });
    },
    syncAccounts: async () =>
      ((await (await ask('POST', '/hubwright/accounts')).json()) as { digest: string }).digest,
    changedPasswords: async () => {
      const accounts = (await (await ask('GET', '/hubwright/accounts')).json()) as {
        name: string;
        passwordChanged: boolean;
      }[];
      return new Set(accounts.filter(({ passwordChanged }) => passwordChanged).map(({ name }) => name));
    },
    createToken: async (name) => {
      const body = { note: 'hubwright verify', expires_in: 3600 };
      const response = await ask('POST', `/users/${encodeURIComponent(name)}/tokens`, { body });
      return ((await response.json()) as { token: string }).token;
    },
    syncProxy: async () => {
      await ask('POST', '/proxy');
    },
    metrics: async () => (await ask('GET', '/metrics')).text(),
  };
}

interface Ask {
  readonly body?: unknown;
  readonly accept?: string;
  /** Further status codes that are no failure. */
  readonly allow?: readonly number[];
}

type AskFunction = (method: string, path: string, options?: Ask) => Promise<Response>;

async function request(method: string, url: string, token: string, { body, accept }: Ask): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: {
        Authorization: `token ${token}`,
        ...(accept === undefined ? {} : { Accept: accept }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      // Who asks wants to hear soon that it hangs; what changes something may take its time.
      signal: AbortSignal.timeout(method === 'GET' ? 10_000 : 60_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new UserError({
      what: 'The hub does not answer.',
      where: url,
      fix: '`hubwright status` shows what runs, `hubwright deploy` brings it back.',
      details: error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error),
      cause: error,
    });
  }
}

async function refused(response: Response, what: string): Promise<UserError> {
  const text = await response.text();
  return new UserError({
    what: `The hub refused ${what}: ${response.status} ${messageIn(text)}`.trim(),
    where: response.url,
    fix: '`hubwright logs hub` shows its log.',
  });
}

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? '';
  } catch {
    return text.slice(0, 200);
  }
}

async function allUsers(ask: AskFunction): Promise<HubUser[]> {
  const users: HubUser[] = [];
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const response = await ask('GET', `/users?offset=${offset}&limit=200`, { accept: paginated });
    const page = (await response.json()) as Page;
    users.push(...page.items.map(hubUser));
    // oxlint-disable-next-line no-underscore-dangle -- the hub's name for it
    offset = page._pagination.next?.offset;
  }
  return users;
}

function hubUser({ name, admin, last_activity, servers }: UserModel): HubUser {
  const server = servers?.[''];
  return {
    name,
    admin,
    lastActivity: last_activity ?? undefined,
    server: server && runningServer(name, server),
  };
}

function runningServer(user: string, server: ServerModel): RunningServer {
  return {
    user,
    profile: server.state?.profile ?? server.user_options?.profile,
    fingerprint: server.state?.fingerprint,
    started: server.started ?? undefined,
    lastActivity: server.last_activity ?? undefined,
    ready: server.ready,
  };
}

/** The hub refuses to delete somebody whose server is starting or stopping: stopped first, then deleted. */
async function deleteUser(ask: AskFunction, name: string): Promise<void> {
  const path = `/users/${encodeURIComponent(name)}`;
  if ((await ask('GET', path, { allow: [404] })).status === 404) return;
  await stopServer(ask, name);
  await ask('DELETE', path, { allow: [404] });
}

/** 204: stopped; 202: is stopping; 400: was not running, or is starting; 404: no such person. */
async function stopServer(ask: AskFunction, name: string): Promise<void> {
  const path = `/users/${encodeURIComponent(name)}`;
  for (let tries = 0; tries < 300; tries++) {
    const user = await ask('GET', path, { allow: [404] });
    if (user.status === 404) return;
    const server = ((await user.json()) as UserModel).servers?.[''];
    if (!server) return;
    if (server.pending !== 'stop') await ask('DELETE', `${path}/server`, { allow: [400, 404] });
    await systemClock.sleep(100);
  }
  throw new UserError({
    what: `The server of ${name} does not stop.`,
    where: 'waited for 30 s',
    fix: `\`hubwright logs hub\` and \`hubwright logs user ${name}\` show why.`,
  });
}
