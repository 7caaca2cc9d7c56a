import { Agent as HttpAgent } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AgentOptions } from 'node:https';
import { openRequest, readText } from '../requests.ts';
import { authorityOf, credentialsOf } from './credentials.ts';
import type { Credentials, Proof } from './credentials.ts';
import type { ClusterAccess, Cluster } from './kubeconfig.ts';
import { isThisMachine, proxyFor } from './proxy.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The server's clock. */
  readonly date: string | undefined;
  readonly body: string;
}

/** What a websocket to the server has to be opened with. */
export interface SocketOptions {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Requests side by side, each with a connection of its own. */
const mostConnections = 16;

/**
 * HTTP to the API server, over connections that are kept open.
 *
 * Not the library's own requests: those make a new TLS connection each (its `applySecurityAuthentication` builds a new
 * dispatcher for every call), know nothing of $HTTPS_PROXY, and take 0.4 s to load.
 */
export class Transport {
  readonly access: ClusterAccess;
  readonly credentials: Credentials;
  readonly #env: NodeJS.ProcessEnv;
  #agent: { readonly proof: string; readonly agent: HttpAgent } | undefined;
  #authority: Promise<string | undefined> | undefined;

  constructor(access: ClusterAccess, env: NodeJS.ProcessEnv) {
    this.access = access;
    this.credentials = credentialsOf(access);
    this.#env = env;
  }

  /** Sends the request and reads the answer, whatever its status. @throws the system's error when there is none. */
  async send(call: HttpCall): Promise<HttpAnswer> {
    const response = await this.open(call);
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      date: response.headers.date,
      body: await readText(response),
    };
  }

  /** Sends the request; the answer is read by the caller as it comes. */
  async open(call: HttpCall): Promise<IncomingMessage> {
    const { server } = this.access.cluster;
    const proof = await this.credentials.get();
    const agent = await this.#agentFor(proof);
    const options = {
      method: call.method,
      agent,
      signal: call.signal,
      headers: {
        accept: 'application/json',
        'user-agent': 'hubwright',
        // Worth it over a network; on this machine it is only work.
        ...(isThisMachine(new URL(server).hostname) ? {} : { 'accept-encoding': 'gzip' }),
        ...proof.headers,
        ...call.headers,
      },
    };
    return openRequest(`${server}${call.path}`, options, call.body);
  }

  async socketOptions(): Promise<SocketOptions> {
    const proof = await this.credentials.get();
    return { agent: await this.#agentFor(proof), headers: proof.headers };
  }

  close(): void {
    this.#agent?.agent.destroy();
    this.#agent = undefined;
  }

  async #agentFor(proof: Proof): Promise<HttpAgent> {
    const key = `${proof.certificate ?? ''}${proof.key ?? ''}`;
    if (this.#agent?.proof === key) return this.#agent.agent;
    this.#authority ??= authorityOf(this.access.cluster);
    const agent = await this.#newAgent(proof, await this.#authority);
    // Requests side by side may have come here at once: one of their agents is kept.
    if (this.#agent?.proof === key) return this.#agent.agent;
    this.close();
    this.#agent = { proof: key, agent };
    return agent;
  }

  async #newAgent({ certificate, key }: Proof, ca: string | undefined): Promise<HttpAgent> {
    const { cluster } = this.access;
    const proxy = proxyFor(cluster.server, cluster['proxy-url'], this.#env);
    const options: AgentOptions = {
      keepAlive: true,
      maxSockets: mostConnections,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
      ...(cluster['insecure-skip-tls-verify'] ? { rejectUnauthorized: false } : {}),
      ...(cluster['tls-server-name'] ? { servername: cluster['tls-server-name'] } : {}),
    };
    if (proxy?.startsWith('socks')) return socksAgent(proxy, cluster, options);
    const proxyEnv = proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } };
    return cluster.server.startsWith('https:')
      ? new HttpsAgent({ ...options, ...proxyEnv })
      : new HttpAgent({ keepAlive: true, maxSockets: mostConnections, ...proxyEnv });
  }
}

/** Node knows no SOCKS; the library does, in 0.4 s. */
async function socksAgent(proxyUrl: string, cluster: Cluster, options: AgentOptions): Promise<HttpAgent> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const [caData, certData, keyData] = [options.ca, options.cert, options.key].map((pem) =>
    typeof pem === 'string' ? Buffer.from(pem).toString('base64') : undefined,
  );
  config.loadFromClusterAndUser(
    {
      name: 'cluster',
      server: cluster.server,
      proxyUrl,
      skipTLSVerify: cluster['insecure-skip-tls-verify'] === true,
      ...(caData === undefined ? {} : { caData }),
      ...(cluster['tls-server-name'] ? { tlsServerName: cluster['tls-server-name'] } : {}),
    },
    {
      name: 'user',
      ...(certData === undefined ? {} : { certData }),
      ...(keyData === undefined ? {} : { keyData }),
    },
  );
  const request: { agent?: HttpAgent } = {};
  await config.applyToHTTPSOptions(request);
  if (!request.agent) throw new Error('the library made no agent for a SOCKS proxy');
  return request.agent;
}
