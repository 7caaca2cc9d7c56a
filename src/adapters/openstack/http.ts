import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import { readFile } from 'node:fs/promises';
import { UserError, messageOf } from '../../errors.ts';
import { proxyFor } from '../kubernetes/proxy.ts';
import { openRequest, readText } from '../requests.ts';
import type { TlsSettings } from './clouds/load.ts';

/** As the global `fetch`, which will do where the cloud needs no certificate of its own. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface Connections {
  readonly fetch: Fetch;
  close(): void;
}

/** Requests side by side, each with a connection of its own. */
const mostConnections = 16;

/**
 * `fetch` over connections that are kept open, by way of the proxy of the environment, with the certificate authority
 * and client certificate of the cloud: Node's own cannot be given any without one more library.
 */
export function connectionsFor(tls: TlsSettings, env: NodeJS.ProcessEnv): Connections {
  const agents = new Map<string, HttpAgent>();
  let options: Promise<AgentOptions> | undefined;
  const agentFor = (url: string, own: AgentOptions): HttpAgent => {
    const proxy = proxyFor(url, undefined, env);
    const key = `${new URL(url).protocol} ${proxy ?? ''}`;
    const agent = agents.get(key) ?? newAgent(url, proxy, own);
    agents.set(key, agent);
    return agent;
  };
  return {
    fetch: async (url, { method, headers, body, signal }) => {
      options ??= optionsOf(tls);
      const agent = agentFor(url, await options);
      const response = await openRequest(url, { method, headers, signal, agent }, body);
      const text = await readText(response);
      return new Response(text === '' ? null : text, {
        status: response.statusCode ?? 0,
        headers: Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      });
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

function newAgent(url: string, proxy: string | undefined, own: AgentOptions): HttpAgent {
  const options = {
    keepAlive: true,
    maxSockets: mostConnections,
    ...(proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } }),
  };
  return url.startsWith('https:') ? new HttpsAgent({ ...options, ...own }) : new HttpAgent(options);
}

async function optionsOf({ verify, ca, certificate, key }: TlsSettings): Promise<AgentOptions> {
  const [caText, certText, keyText] = await Promise.all([ca, certificate, key].map(readPem));
  return {
    rejectUnauthorized: verify,
    ...(caText === undefined ? {} : { ca: caText }),
    ...(certText === undefined ? {} : { cert: certText }),
    // Without a file of its own the key stands with the certificate.
    ...(certText === undefined ? {} : { key: keyText ?? certText }),
  };
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError({
      what: 'A certificate that clouds.yaml names cannot be read.',
      where: path,
      fix: 'Put the file there, or correct `cacert`, `cert` or `key` in clouds.yaml (OS_CACERT, REQUESTS_CA_BUNDLE).',
      details: messageOf(error),
      exitCode: 2,
    });
  }
}
