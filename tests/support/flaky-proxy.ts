import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream';

/** What can go wrong with a request on its way. */
export type Fault =
  /** Refused, in the server's stead. */
  | 429
  | 500
  | 503
  /** No answer: `hangSeconds` later the connection is cut. */
  | 'hang'
  /** The connection is cut before the server hears of it. */
  | 'reset'
  /** The server does it, and the answer is lost. */
  | 'lost';

export interface FlakyProxy {
  /** A kubeconfig with the same contexts that leads through the proxy. */
  readonly kubeconfig: string;
  /** Share of requests that go wrong; can be changed at any time. */
  rate: number;
  /** How often each has happened. */
  readonly happened: Map<Fault, number>;
  stop(): Promise<void>;
}

interface Options {
  /** The kubeconfig (JSON) of the cluster behind it. */
  readonly kubeconfig: string;
  /** The same seed gives the same faults in the same order of requests. */
  readonly seed: number;
  readonly rate?: number;
  readonly faults?: readonly Fault[];
  /** So many times one after the other at most it goes wrong for the same request: who tries once more gets through. */
  readonly mostInARow?: number;
  /** As long as load balancers wait; without it nobody waits so long. */
  readonly hangSeconds?: number;
  /** Whose tokens are known: who comes with one is the cluster's admin, anybody else is refused with 401. */
  readonly knows?: (token: string) => boolean;
}

/**
 * A proxy before an API server that makes requests go wrong at random, on loopback. It has the server's own certificate:
 * Helm sends no token over plain HTTP.
 */
export async function startFlakyProxy({
  kubeconfig,
  seed,
  rate = 0.2,
  faults,
  mostInARow = Number.POSITIVE_INFINITY,
  hangSeconds,
  knows,
}: Options): Promise<FlakyProxy> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
    users: { user: { token: string } }[];
  };
  const { cluster } = config.clusters[0]!;
  const upstream = { ...cluster, ca: Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64') };
  const agent = new Agent({ keepAlive: true, ca: upstream.ca });
  const random = randomFrom(seed);
  const inARow = new Map<string, number>();
  const kinds = faults ?? ([429, 500, 503, 'reset', 'lost', 'hang'] as const);
  const pair = join(dirname(kubeconfig), 'api', 'apiserver');
  const [key, cert] = await Promise.all([readFile(`${pair}.key`), readFile(`${pair}.crt`)]);
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    if (knows && !knows(incoming.headers.authorization?.replace('Bearer ', '') ?? '')) {
      answer(outgoing, 401);
      return;
    }
    if (knows) incoming.headers.authorization = `Bearer ${config.users[0]?.user.token}`;
    const what = `${incoming.method} ${incoming.url}`;
    const before = inARow.get(what) ?? 0;
    const goesWrong = random() < proxy.rate && before < mostInARow;
    const fault = goesWrong ? kinds[Math.floor(random() * kinds.length)] : undefined;
    inARow.set(what, goesWrong ? before + 1 : 0);
    if (fault !== undefined) proxy.happened.set(fault, (proxy.happened.get(fault) ?? 0) + 1);
    if (typeof fault === 'number') answer(outgoing, fault);
    else if (fault === 'reset') incoming.socket.destroy();
    else if (fault === 'hang') {
      if (hangSeconds !== undefined) setTimeout(() => incoming.socket.destroy(), hangSeconds * 1000).unref();
    } else forward(incoming, outgoing, { server: upstream.server, agent, lose: fault === 'lost' });
  });
  // Nobody needs one through here, and one that is never answered is waited for.
  server.on('upgrade', (_, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const folder = await mkdtemp(join(tmpdir(), 'hubwright-flaky-'));
  const file = join(folder, 'kubeconfig');
  for (const each of config.clusters)
    each.cluster = { ...cluster, server: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const proxy: FlakyProxy = {
    kubeconfig: file,
    rate,
    happened: new Map(),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      await rm(folder, { recursive: true });
    },
  };
  return proxy;
}

/** As API servers put it. */
const words: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  429: 'the server has received too many requests and has asked us to try again later',
  500: 'Internal error occurred: etcdserver: leader changed',
  503: 'the server is currently unable to handle the request',
};

function answer(outgoing: ServerResponse, status: number): void {
  const madeUp = status === 401 ? '' : ` (made up by the test: ${status})`;
  const message = `${words[status] ?? ''}${madeUp}`;
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 429 ? { 'retry-after': '0' } : {}),
  });
  outgoing.end(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message,
      ...(status === 401 ? { reason: 'Unauthorized' } : {}),
      code: status,
    }),
  );
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { server, agent, lose }: { readonly server: string; readonly agent: Agent; readonly lose: boolean },
): void {
  const { method, headers } = incoming;
  const { host } = new URL(server);
  const onward = request(
    `${server}${incoming.url}`,
    { agent, method, headers: { ...headers, host } },
    (response) => {
      if (lose) {
        response.resume();
        response.on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      // Of a watch there may be nothing else for a while.
      outgoing.flushHeaders();
      pipeline(response, outgoing, () => undefined);
    },
  );
  onward.on('error', () => incoming.socket.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
