import type { AcmeWanted } from '../../../plan/kubernetes/certificates/observed.ts';
import { connectionsFor } from '../../openstack/http.ts';

/** Searches the logs to which every certificate of a public authority goes (certificate transparency). */
const search = 'https://crt.sh/';
/** Of Let's Encrypt's real server: those of staging, and of any other, are in no public log. */
const logged = 'acme-v02.api.letsencrypt.org';
/** It is often slow, and only adds to what is counted here. */
const timeoutMs = 6000;
/** One that everybody trusts. */
const tls = { verify: true, ca: undefined, certificate: undefined, key: undefined };
const week = 7 * 86_400_000;

interface Entry {
  readonly serial_number?: string;
  readonly name_value?: string;
  readonly issuer_name?: string;
  /** UTC, without a zone. */
  readonly entry_timestamp?: string;
}

const asked = new Map<string, Promise<number[] | undefined>>();

/**
 * How old the certificates of the last seven days are, in seconds, that Let's Encrypt has given for that very name, whoever has
 * asked for them; undefined: nobody could be asked. Asked once in a run.
 */
export function loggedAges(
  { domain, authority }: AcmeWanted,
  env: NodeJS.ProcessEnv,
): Promise<number[] | undefined> {
  if (authority !== logged) return Promise.resolve(undefined);
  const known = asked.get(domain) ?? askLogs(domain, search, env);
  asked.set(domain, known);
  return known;
}

/** @param from Address of the search; it is asked by way of the proxy of the environment. */
export async function askLogs(
  domain: string,
  from: string,
  env: NodeJS.ProcessEnv,
): Promise<number[] | undefined> {
  const connections = connectionsFor(tls, env);
  try {
    const url = `${from}?q=${encodeURIComponent(domain)}&output=json&exclude=expired`;
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await connections.fetch(url, { method: 'GET', headers: {}, signal });
    if (!response.ok) return undefined;
    return agesOf((await response.json()) as readonly Entry[], domain);
  } catch {
    // It is not there for everybody, and what is counted in the cluster counts.
    return undefined;
  } finally {
    connections.close();
  }
}

/** Each stands there twice, as it was announced and as it was given. */
function agesOf(entries: readonly Entry[], domain: string): number[] {
  const ages = new Map<string, number>();
  for (const {
    serial_number: serial = '',
    name_value: names,
    issuer_name: issuer,
    entry_timestamp: time,
  } of entries) {
    const age = Date.now() - Date.parse(`${time}Z`);
    if (names === domain && issuer?.includes("O=Let's Encrypt") && age < week)
      ages.set(serial, Math.max(age, ages.get(serial) ?? 0));
  }
  return [...ages.values()].map((age) => Math.round(age / 1000)).toSorted((a, b) => b - a);
}
