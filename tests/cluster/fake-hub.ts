import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterClient } from '../support/cluster.ts';
import { secretOf } from './faults.ts';

type Servers = Readonly<Record<string, { readonly profile?: string }>>;

interface FakeHub {
  /** What it was asked, with whose token. */
  readonly asked: string[];
  readonly users: Set<string>;
  /** Of this machine: where it listens. */
  readonly port: number;
  close(): void;
}

/**
 * The parts of the hub's API that people are looked at and changed through; what KWOK plays is no hub.
 *
 * @param servers What was chosen for the servers that run, by their people.
 */
export async function fakeHub(
  cluster: ClusterClient,
  namespace: string,
  servers: Servers = {},
): Promise<FakeHub> {
  const asked: string[] = [];
  const users = new Set(['admin-alex', 'trainee-1', 'trainee-2']);
  // Of a mounted Secret a kubelet brings the newest; this one is never late.
  const mounted = async (): Promise<string> => {
    const { [`accounts.json`]: text = '' } = await secretOf(cluster, namespace, 'hubwright-accounts');
    return text;
  };
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = answer(request, { users, servers, accounts: await mounted() });
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  };
  const server = createServer((request, response) => void reply(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await cluster.forwardPods(namespace, { port: 8081, to: port });
  return { asked, users, port, close: () => void server.close(() => undefined) };
}

function answer(
  { method, url = '' }: IncomingMessage,
  { users, servers, accounts }: { users: Set<string>; servers: Servers; accounts: string },
): { status: number; body?: unknown } {
  const path = url.replace('/hub/api', '');
  if (path === '/hubwright/accounts') {
    const listed = JSON.parse(accounts) as { accounts: { name: string }[] };
    for (const { name } of listed.accounts) users.add(name);
    const digest = createHash('sha256').update(accounts).digest('hex');
    return { status: 200, body: { added: [], reset: [], removed: [], digest } };
  }
  const model = (name: string) => {
    const options = servers[name];
    return {
      name,
      admin: name.startsWith('admin-'),
      servers: options === undefined ? {} : { '': { ready: true, user_options: options } },
    };
  };
  if (path.startsWith('/users?'))
    return { status: 200, body: { items: [...users].map(model), _pagination: { next: null } } };
  const name = decodeURIComponent(path.split('/')[2] ?? '');
  if (!users.has(name)) return { status: 404, body: { message: 'no such user' } };
  if (method !== 'DELETE') return { status: 200, body: model(name) };
  users.delete(name);
  return { status: 204 };
}
