import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Processes, freePorts } from '../cluster/processes.ts';

/** An answer of an ACME server that says why not (RFC 8555, section 6.7). */
export interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly status: number;
}

/** A certificate authority: the real pebble, and the DNS in which it and two resolvers of the public look. */
export interface Authority {
  /** Address of its directory. */
  readonly directory: string;
  /** `host:port` of it. */
  readonly host: string;
  /** Two resolvers, as `address.resolvers` takes them. */
  readonly resolvers: readonly string[];
  /** How many certificates it has given, and how many have been ordered. */
  readonly issued: () => number;
  readonly ordered: () => number;
  /** What it said last when it refused. */
  readonly lastProblem: () => Problem | undefined;
  /** Orders are answered with this, until it is undefined again. pebble itself knows no limits. */
  refuseOrders: Problem | undefined;
  /** So long it takes over an order. */
  orderMs: number;
  /** Says in every DNS where a name leads; nowhere without addresses. @param only Number of the resolver that says it. */
  readonly lead: (name: string, addresses: readonly string[], only?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param folder of pebble's programs. */
export async function startAuthority(folder: string): Promise<Authority> {
  const processes = await Processes.inTemporaryFolder();
  const resolvers = [await startDns(processes, folder, 1), await startDns(processes, folder, 2)] as const;
  const pebble = await startPebble(processes, folder, resolvers[0].dns);
  const proxy = await startProxy(pebble, processes.folder);
  const authority: Authority = {
    directory: `https://${proxy.host}/dir`,
    host: proxy.host,
    resolvers: resolvers.map(({ dns }) => dns),
    issued: () => proxy.counts.finalized,
    ordered: () => proxy.counts.ordered,
    lastProblem: () => proxy.counts.problem,
    get refuseOrders() {
      return proxy.counts.refusal;
    },
    set refuseOrders(problem) {
      proxy.counts.refusal = problem;
    },
    get orderMs() {
      return proxy.counts.orderMs;
    },
    set orderMs(ms) {
      proxy.counts.orderMs = ms;
    },
    lead: async (name, addresses, only) => {
      const told = resolvers.filter((_, index) => only === undefined || only === index);
      await Promise.all(told.map(({ management }) => tellDns(management, name, addresses)));
    },
    stop: async () => {
      proxy.close();
      await processes.stop();
    },
  };
  return authority;
}

interface Dns {
  readonly dns: string;
  readonly management: string;
}

/** pebble-challtestsrv as a resolver: it knows what it is told, and nothing else. */
async function startDns(processes: Processes, folder: string, number: number): Promise<Dns> {
  const [port, management] = (await freePorts(2)) as [number, number];
  const name = `dns-${number}`;
  const off = ['-doh', '', '-http01', '', '-https01', '', '-tlsalpn01', ''];
  const on = ['-dnsserver', `127.0.0.1:${port}`, '-management', `127.0.0.1:${management}`];
  const nothing = ['-defaultIPv4', '', '-defaultIPv6', ''];
  await processes.start(name, join(folder, 'pebble-challtestsrv'), [...off, ...on, ...nothing]);
  const url = `http://127.0.0.1:${management}`;
  await processes.waitFor(name, () => fetch(url));
  return { dns: `127.0.0.1:${port}`, management: url };
}

async function tellDns(management: string, host: string, addresses: readonly string[]): Promise<void> {
  const post = (path: string, body: object) =>
    fetch(`${management}${path}`, { method: 'POST', body: JSON.stringify(body) });
  await post('/clear-a', { host });
  if (addresses.length > 0) await post('/add-a', { host, addresses });
}

/** It asks port 80 of whatever address the DNS says. @returns its port. */
async function startPebble(processes: Processes, folder: string, dns: string): Promise<number> {
  const [port, management] = (await freePorts(2)) as [number, number];
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  await promisify(execFile)('openssl', [...words.split(' '), ...files], { cwd: processes.folder });
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: 'cert.pem',
      privateKey: 'key.pem',
      httpPort: 80,
      tlsPort: 443,
    },
  };
  await writeFile(join(processes.folder, 'pebble.json'), JSON.stringify(config));
  // Otherwise it waits, refuses nonces and takes old proofs at random.
  const env = ['PEBBLE_VA_NOSLEEP=1', 'PEBBLE_WFE_NONCEREJECT=0', 'PEBBLE_AUTHZREUSE=0'];
  const words2 = [join(folder, 'pebble'), '-config', 'pebble.json', '-dnsserver', dns];
  await processes.start('pebble', 'env', [...env, ...words2]);
  await processes.waitFor('pebble', () => passOn(port, { method: 'GET', path: '/dir', headers: {} }, ''));
  return port;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

function passOn(port: number, { method, path, headers }: Question, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false };
    const asked = request(to, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.on('error', reject).end(body);
  });
}

/** Before pebble, because it counts nothing and has no limits. */
async function startProxy(pebble: number, folder: string) {
  const counts = {
    finalized: 0,
    ordered: 0,
    problem: undefined as Problem | undefined,
    refusal: undefined as Problem | undefined,
    orderMs: 0,
  };
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    let body = '';
    for await (const piece of incoming.setEncoding('utf8')) body += String(piece);
    const isOrder = path.startsWith('/order-plz');
    if (isOrder) counts.ordered += 1;
    if (isOrder) await sleep(counts.orderMs);
    const { refusal } = counts;
    const reply =
      isOrder && refusal !== undefined
        ? {
            ...(await passOn(pebble, { method: 'HEAD', path: '/nonce-plz', headers: {} }, '')),
            ...refused(refusal),
          }
        : await passOn(pebble, { method, path, headers }, body);
    if (reply.status >= 400) counts.problem = JSON.parse(reply.body) as Problem;
    if (path.startsWith('/finalize-order') && reply.status === 200) counts.finalized += 1;
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...rest } = reply.headers;
    outgoing.writeHead(reply.status, rest);
    outgoing.end(reply.body);
  };
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((file) => readFile(join(folder, file))));
  const server = createServer({ key, cert }, (incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, counts, close: () => void server.close() };
}

function refused(problem: Problem): Pick<Answer, 'status' | 'body'> {
  return { status: problem.status, body: JSON.stringify(problem) };
}
