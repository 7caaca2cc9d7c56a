import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FaultOptions, type FaultProxy, type Refusal, startFaultProxy } from './fault-proxy.ts';

export interface FlakyProxy extends FaultProxy {
  /** A kubeconfig with the same contexts that leads through the proxy. */
  readonly kubeconfig: string;
}

interface Options extends FaultOptions {
  /** The kubeconfig (JSON) of the cluster behind it. */
  readonly kubeconfig: string;
  /** Whose tokens are known: who comes with one is the cluster's admin, anybody else is refused with 401. */
  readonly knows?: (token: string) => boolean;
}

/**
 * A proxy before an API server that makes requests go wrong at random, on loopback. It has the server's own certificate:
 * Helm sends no token over plain HTTP.
 */
export async function startFlakyProxy({ kubeconfig, knows, ...options }: Options): Promise<FlakyProxy> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
    users: { user: { token: string } }[];
  };
  const { cluster } = config.clusters[0]!;
  const pair = join(dirname(kubeconfig), 'api', 'apiserver');
  const [key, cert] = await Promise.all([readFile(`${pair}.key`), readFile(`${pair}.crt`)]);
  const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64');
  const admit = ({ headers }: IncomingMessage): Refusal | undefined => {
    if (!knows) return undefined;
    if (!knows(headers.authorization?.replace('Bearer ', '') ?? '')) return 401;
    headers.authorization = `Bearer ${config.users[0]?.user.token}`;
    return undefined;
  };
  const tls = { key, cert };
  const proxy = await startFaultProxy({ ...options, server: cluster.server, ca, tls, refuse, admit });

  const folder = await mkdtemp(join(tmpdir(), 'hubwright-flaky-'));
  const file = join(folder, 'kubeconfig');
  for (const each of config.clusters) each.cluster = { ...cluster, server: proxy.url };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const { stop } = proxy;
  return Object.assign(proxy, {
    kubeconfig: file,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  });
}

/** As API servers put it. */
const words: Readonly<Partial<Record<Refusal, string>>> = {
  401: 'Unauthorized',
  429: 'the server has received too many requests and has asked us to try again later',
  500: 'Internal error occurred: etcdserver: leader changed',
  503: 'the server is currently unable to handle the request',
};

function refuse(code: Refusal): object {
  const madeUp = code === 401 ? '' : ` (made up by the test: ${code})`;
  const reason = code === 401 ? { reason: 'Unauthorized' } : {};
  const message = `${words[code] ?? ''}${madeUp}`;
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, ...reason, code };
}
