import { productionAuthority } from '../../../config/acme-values.ts';
import type {
  AcmeWanted,
  LoggedCertificate,
  PublicLogs,
} from '../../../plan/kubernetes/certificates/observed.ts';
import { connectionsFor } from '../../openstack/http.ts';

/** Searches the logs to which every certificate of a public authority goes (certificate transparency). */
const search = 'https://crt.sh/';
/** It is often slow, and only adds to what is counted here. */
const timeoutMs = 6000;
/** One that everybody trusts. */
const tls = { verify: true, ca: undefined, certificate: undefined, key: undefined };
/** Once in so long: somebody who watches looks every few seconds. */
const againMs = 10 * 60_000;

interface Entry {
  readonly serial_number?: string;
  readonly name_value?: string;
  readonly issuer_name?: string;
  /** Times are UTC, without a zone. */
  readonly entry_timestamp?: string;
  readonly not_after?: string;
}

const asked = new Map<string, { readonly at: number; readonly answer: Promise<PublicLogs> }>();

/** What the public logs have of the name; undefined: that server's certificates are in none. */
export async function publicLogs(
  { domain, authority }: AcmeWanted,
  env: NodeJS.ProcessEnv,
): Promise<PublicLogs | undefined> {
  // Those of staging, and of any other, are in no public log.
  if (authority !== productionAuthority) return undefined;
  const known = asked.get(domain);
  const isNew = known !== undefined && Date.now() - known.at < againMs;
  const { at, answer } = isNew ? known : { at: Date.now(), answer: askLogs(domain, search, env) };
  asked.set(domain, { at, answer });
  const logs = await answer;
  return 'notSeen' in logs
    ? logs
    : { found: logs.found.map((one) => ({ ...one, ageSeconds: ageOf(one.at) })) };
}

function ageOf(at: string): number {
  return Math.round((Date.now() - Date.parse(at)) / 1000);
}

/** @param from Address of the search; it is asked by way of the proxy of the environment. */
export async function askLogs(domain: string, from: string, env: NodeJS.ProcessEnv): Promise<PublicLogs> {
  const connections = connectionsFor(tls, env);
  try {
    const url = `${from}?q=${encodeURIComponent(domain)}&output=json&exclude=expired`;
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await connections.fetch(url, { method: 'GET', headers: {}, signal });
    if (!response.ok) return { notSeen: `their search answers with ${response.status}` };
    return { found: foundIn((await response.json()) as readonly Entry[], domain) };
  } catch {
    // It is not there for everybody, and what is counted in the cluster counts.
    return { notSeen: 'their search (crt.sh) did not answer' };
  } finally {
    connections.close();
  }
}

/** Each stands there twice, as it was announced and as it was given. */
function foundIn(entries: readonly Entry[], domain: string): LoggedCertificate[] {
  const found = new Map<string, LoggedCertificate>();
  for (const { serial_number: serial = '', name_value = '', issuer_name: issuer = '', ...times } of entries) {
    const names = name_value.split('\n');
    const at = withZone(times.entry_timestamp);
    if (!names.includes(domain) || at === undefined) continue;
    const other = found.get(serial)?.at ?? at;
    const until = withZone(times.not_after);
    const first = other < at ? other : at;
    found.set(serial, {
      at: first,
      ageSeconds: ageOf(first),
      ...(until === undefined ? {} : { until }),
      names,
      issuer: /(?:^|, )O="?([^",]+)/.exec(issuer)?.[1] ?? issuer,
    });
  }
  return [...found.values()].toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

function withZone(time: string | undefined): string | undefined {
  const ms = Date.parse(`${time}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
