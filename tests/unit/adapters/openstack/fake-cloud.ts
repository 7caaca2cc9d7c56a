import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { OpenstackApi, OpenstackChoice } from '../../../../src/adapters/openstack/connect.ts';
import { type CloudEntry, connectAs } from '../../../support/openstack/connect.ts';

export interface Seen {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type Reply = (response: ServerResponse, request: IncomingMessage) => void;

export const json =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Reply =>
  (response) => {
    const type = { 'content-type': 'application/json', 'x-openstack-request-id': 'req-of-the-cloud' };
    response.writeHead(status, { ...type, ...headers }).end(status === 204 ? '' : JSON.stringify(body));
  };

/** The connection is cut. Whether anything was done the test says with what comes after it. */
export const cut: Reply = (_, request) => {
  request.socket.destroy();
};

export const silent: Reply = () => undefined;

/** The password of its user. */
export const password = 'hunter2"quoted';

/** A Keystone whose catalogue leads back to this server, where services answer what the test wants, in that order. */
export class FakeCloud {
  readonly seen: Seen[] = [];
  /** Milliseconds that a token lasts, and that this cloud's clock is ahead. */
  lifetime = 3_600_000;
  ahead = 0;
  /** What its tokens are for. */
  scope: object = { project: { id: 'p1', name: 'training' } };
  /** For requests of tokens; a token where there is none. */
  readonly identity: Reply[] = [];
  /** For all others; an empty answer where there is none. */
  readonly replies: Reply[] = [];
  readonly #server: Server;
  readonly #connections: OpenstackApi[] = [];
  #tokens = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeCloud> {
    const cloud = new FakeCloud();
    await once(cloud.#server.listen(0, '127.0.0.1'), 'listening');
    return cloud;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What services were asked, without Keystone: `GET /network/v2.0/ports?limit=200`. */
  get asked(): string[] {
    return this.seen
      .filter(({ path }) => !path.startsWith('/v3'))
      .map(({ method, path }) => `${method} ${path}`);
  }

  get tokens(): number {
    return this.#tokens;
  }

  async connect(
    choice: Partial<OpenstackChoice> = {},
    entry: Partial<CloudEntry> = {},
  ): Promise<OpenstackApi> {
    const auth = { auth_url: `${this.url}/v3`, user_id: 'alex', password, project_id: 'p1' };
    const api = await connectAs({ auth, ...entry }, choice);
    this.#connections.push(api);
    return api;
  }

  stop(): void {
    for (const api of this.#connections) api.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, path: url, headers, body: body === '' ? undefined : JSON.parse(body) });
    const own = url.startsWith('/v3');
    const reply = (own ? this.identity : this.replies).shift() ?? (own ? this.#token() : json(200));
    reply(response, request);
  }

  #token(): Reply {
    this.#tokens += 1;
    const issued = Date.now() + this.ahead;
    const endpoint = (type: string) => ({
      type,
      endpoints: [{ interface: 'public', region_id: 'north', url: `${this.url}/${type}` }],
    });
    const token = {
      issued_at: new Date(issued).toISOString(),
      expires_at: new Date(issued + this.lifetime).toISOString(),
      ...this.scope,
      roles: [{ name: 'member' }, { name: 'reader' }],
      catalog: ['network', 'load-balancer', 'compute'].map(endpoint),
    };
    return json(201, { token }, { 'x-subject-token': `token-${this.#tokens}` });
  }
}
