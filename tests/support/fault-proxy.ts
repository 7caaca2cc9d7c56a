import { once } from 'node:events';
import { Agent as HttpAgent, createServer as createHttpServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent as HttpsAgent, createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** What can go wrong with a request on its way. */
export type Fault =
  /** Refused, in the server's stead. */
  | Refusal
  /** No answer: `hangSeconds` later the connection is cut. */
  | 'hang'
  /** The connection is cut before the server hears of it. */
  | 'reset'
  /** The server does it, and the answer is lost. */
  | 'lost';

/** 409 only of what changes something: nobody refuses a question so. */
export type Refusal = 401 | 409 | 429 | 500 | 503;

export interface FaultProxy {
  /** Where it listens. */
  readonly url: string;
  /** Share of requests that go wrong; can be changed at any time. */
  rate: number;
  /** How often each has happened. */
  readonly happened: Map<Fault, number>;
  /** What has been asked, with its method. */
  readonly asked: string[];
  readonly stop: () => Promise<void>;
}

/** How requests go wrong. */
export interface FaultOptions {
  /** The same seed gives the same faults in the same order of requests. */
  readonly seed: number;
  readonly rate?: number;
  readonly faults?: readonly Fault[];
  /** So many times one after the other at most it goes wrong for the same request: who tries once more gets through. */
  readonly mostInARow?: number;
  /** As long as load balancers wait; without it nobody waits so long. */
  readonly hangSeconds?: number;
}

interface Options extends FaultOptions {
  /** The server behind it. */
  readonly server: string;
  /** PEM of the authority that the server's certificate comes from. */
  readonly ca?: Buffer | undefined;
  /** PEM with which it speaks TLS itself. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer } | undefined;
  /** A refusal in the server's own words. */
  readonly refuse: (status: Refusal) => object;
  /** May change a request's headers, or refuse it. */
  readonly admit?: (incoming: IncomingMessage) => Refusal | undefined;
}

/** A proxy on loopback before one server that makes requests go wrong at random. */
export async function startFaultProxy({
  server,
  ca,
  tls,
  refuse,
  admit,
  ...options
}: Options): Promise<FaultProxy> {
  const { rate = 0.2, hangSeconds } = options;
  const secure = server.startsWith('https:');
  const agent = secure ? new HttpsAgent({ keepAlive: true, ca }) : new HttpAgent({ keepAlive: true });
  const choose = chooser(options);
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const refusal = admit?.(incoming);
    if (refusal !== undefined) {
      answer(outgoing, refusal, refuse(refusal));
      return;
    }
    const what = `${incoming.method} ${incoming.url}`;
    proxy.asked.push(what);
    const fault = choose(what, proxy.rate);
    if (fault !== undefined) proxy.happened.set(fault, (proxy.happened.get(fault) ?? 0) + 1);
    if (typeof fault === 'number') answer(outgoing, fault, refuse(fault));
    else if (fault === 'reset') incoming.socket.destroy();
    else if (fault === 'hang') {
      if (hangSeconds !== undefined) setTimeout(() => incoming.socket.destroy(), hangSeconds * 1000).unref();
    } else forward(incoming, outgoing, { server, agent, lose: fault === 'lost' });
  };
  const own = tls ? createHttpsServer(tls, handle) : createHttpServer(handle);
  // Nobody needs one through here, and one that is never answered is waited for.
  own.on('upgrade', (_, socket) => socket.destroy());
  own.listen(0, '127.0.0.1');
  await once(own, 'listening');
  const proxy: FaultProxy = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(own.address() as AddressInfo).port}`,
    rate,
    happened: new Map(),
    asked: [],
    stop: async () => {
      own.closeAllConnections();
      own.close();
      agent.destroy();
    },
  };
  return proxy;
}

/** @returns what goes wrong with the next request, if anything. */
function chooser({
  seed,
  faults = [429, 500, 503, 'reset', 'lost', 'hang'],
  mostInARow = Number.POSITIVE_INFINITY,
}: FaultOptions): (request: string, rate: number) => Fault | undefined {
  const random = randomFrom(seed);
  const inARow = new Map<string, number>();
  return (request, rate) => {
    const before = inARow.get(request) ?? 0;
    const goesWrong = random() < rate && before < mostInARow;
    inARow.set(request, goesWrong ? before + 1 : 0);
    const possible = request.startsWith('GET ') ? faults.filter((fault) => fault !== 409) : faults;
    return goesWrong ? possible[Math.floor(random() * possible.length)] : undefined;
  };
}

function answer(outgoing: ServerResponse, status: Refusal, body: object): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 429 ? { 'retry-after': '0' } : {}),
  });
  outgoing.end(JSON.stringify(body));
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { server, agent, lose }: { readonly server: string; readonly agent: HttpAgent; readonly lose: boolean },
): void {
  const { method, headers } = incoming;
  const { host } = new URL(server);
  const send = server.startsWith('https:') ? httpsRequest : httpRequest;
  const onward = send(
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
