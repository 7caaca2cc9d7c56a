import { randomBytes, randomUUID } from 'node:crypto';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';

interface Token {
  /** Where the chart's own Secret may have one. */
  readonly chartKey?: string;
  readonly make: () => string;
}

/**
 * The tokens that Hubwright keeps in the environment's namespace, and where z2jh has its own of each (its template
 * `hub/secret.yaml`): what a chart has made before is taken over, or the first deploy would log everybody out.
 */
const tokens: Readonly<Record<string, Token>> = {
  proxyToken: { chartKey: 'hub.config.ConfigurableHTTPProxy.auth_token', make: hex },
  cookieSecret: { chartKey: 'hub.config.JupyterHub.cookie_secret', make: hex },
  cryptKey: { chartKey: 'hub.config.CryptKeeper.keys', make: hex },
  toolToken: { make: apiToken },
  metricsToken: { make: apiToken },
  grafanaToken: { make: apiToken },
  // Typed by people.
  grafanaPassword: { make: () => randomBytes(15).toString('base64url') },
};

/** What JupyterHub takes as the token of a service. */
function apiToken(): string {
  return randomUUID() + randomBytes(16).toString('hex');
}

/** 32 bytes, as JupyterHub wants its cookie secret and the keys of its CryptKeeper. */
function hex(): string {
  return randomBytes(32).toString('hex');
}

export function secretRef(namespace: string, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', name, namespace };
}

export const tokensName = 'hubwright-secrets';
export const accountsName = 'hubwright-accounts';
/** In the namespace of the monitoring. */
export const grafanaName = 'hubwright-grafana';

/** The decoded contents of a Secret; undefined when there is none. */
export async function secretData(
  api: KubernetesApi,
  ref: ObjectRef,
): Promise<Readonly<Record<string, string>> | undefined> {
  const found = await api.get<{ data?: Record<string, string> }>(ref);
  return found && decoded(found.data);
}

export function decoded(data: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** The tokens that are there. */
export async function readTokens(
  api: KubernetesApi,
  namespace: string,
): Promise<Readonly<Record<string, string>>> {
  return (await secretData(api, secretRef(namespace, tokensName))) ?? {};
}

/** Those of the secrets that are tokens: Hubwright makes them. */
export function tokensAmong(secrets: readonly string[]): string[] {
  return secrets.filter((name) => Object.hasOwn(tokens, name));
}

/** Those of the secrets that are tokens and still to be made. */
export function missingTokens(secrets: readonly string[], known: ReadonlyMap<string, string>): string[] {
  return tokensAmong(secrets).filter((name) => !known.get(name));
}

/** Makes these tokens, or takes them over from the chart's Secret. Those that are there stay as they are. */
export async function createTokens(
  api: KubernetesApi,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<void> {
  const [kept, chart] = await Promise.all([
    readTokens(api, namespace),
    secretData(api, secretRef(namespace, 'hub')),
  ]);
  const missing = names.filter((name) => !kept[name]);
  if (missing.length === 0) return;
  const made = missing.map((name) => {
    const { chartKey, make } = tokens[name] ?? { make: hex };
    return [name, (chartKey && chart?.[chartKey]) || make()] as const;
  });
  await api.apply(keptSecret(namespace, tokensName, labels, { ...kept, ...Object.fromEntries(made) }));
}

/** A Secret of Hubwright's own. */
export function keptSecret(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  stringData: Readonly<Record<string, string>>,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels },
    type: 'Opaque',
    stringData,
  };
}
