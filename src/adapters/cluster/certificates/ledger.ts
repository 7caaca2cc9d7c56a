import { nowOf } from '../../kubernetes/age.ts';
import type { Attempt, Outcome } from '../../../plan/kubernetes/certificates/observed.ts';
import type { ClusterContext } from '../context.ts';
import { keepingLabels, keepingNamespace, makeKeepingNamespace, namePart } from './keeping.ts';

/** A request for a certificate, as it is kept. Times in ISO 8601. */
interface Entry {
  readonly at: string;
  readonly authority: string;
  readonly outcome: Outcome;
  readonly cause?: string;
  readonly notBefore?: string;
}

const week = 7 * 86_400_000;

/** The requests for certificates of that name within the last seven days, oldest first. */
export async function readAttempts(context: ClusterContext, domain: string): Promise<Attempt[]> {
  const entries = await read(context, domain);
  // The server's, which is known once it has answered.
  const now = nowOf(await context.api());
  return entries.map(({ at, notBefore, ...rest }) => ({
    ...rest,
    ageSeconds: Math.round((now - Date.parse(at)) / 1000),
    ...(notBefore === undefined
      ? {}
      : { waitSeconds: Math.max(0, Math.ceil((Date.parse(notBefore) - now) / 1000)) }),
  }));
}

/** Written down before the request is made: one whose end nobody sees counts too. */
export async function noteRequest(context: ClusterContext, domain: string, authority: string): Promise<void> {
  const entries = await read(context, domain);
  await write(context, domain, [...entries, { at: await serverTime(context), authority, outcome: 'asked' }]);
}

/** That the request that was written down last was not made after all. */
export async function takeBack(context: ClusterContext, domain: string, authority: string): Promise<void> {
  const entries = await read(context, domain);
  const open = lastOpen(entries, authority);
  if (open >= 0) await write(context, domain, entries.toSpliced(open, 1));
}

/** That the last request ended well, where nobody has seen its end. */
export async function noteSeen(context: ClusterContext, domain: string, authority: string): Promise<void> {
  if (lastOpen(await read(context, domain), authority) >= 0)
    await noteOutcome(context, domain, { authority, outcome: 'issued' });
}

/** How the last request ended; where none is open, one that traefik has made by itself is added. */
export async function noteOutcome(
  context: ClusterContext,
  domain: string,
  end: Pick<Entry, 'authority' | 'outcome' | 'cause' | 'notBefore'>,
): Promise<void> {
  const entries = await read(context, domain);
  const open = lastOpen(entries, end.authority);
  const ended = { ...end, at: entries[open]?.at ?? (await serverTime(context)) };
  await write(context, domain, open < 0 ? [...entries, ended] : entries.with(open, ended));
}

function lastOpen(entries: readonly Entry[], authority: string): number {
  return entries.findLastIndex((entry) => entry.authority === authority && entry.outcome === 'asked');
}

async function serverTime(context: ClusterContext): Promise<string> {
  return new Date(nowOf(await context.api())).toISOString();
}

async function read(context: ClusterContext, domain: string): Promise<Entry[]> {
  const api = await context.api();
  const found = await api.get<{ data?: { requests?: string } }>(refOf(domain));
  const since = Date.now() - week;
  return entriesOf(found?.data?.requests).filter(({ at }) => Date.parse(at) > since);
}

/** Written by hand it may be anything: what is none of ours counts for nothing. */
function entriesOf(text: string | undefined): Entry[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(entries) ? (entries as Entry[]) : [];
  } catch {
    return [];
  }
}

async function write(context: ClusterContext, domain: string, entries: readonly Entry[]): Promise<void> {
  const api = await context.api();
  await makeKeepingNamespace(api);
  const { apiVersion, kind, name, namespace } = refOf(domain);
  const data = { requests: JSON.stringify(entries, null, 1) };
  await api.apply(
    { apiVersion, kind, metadata: { name, namespace, labels: keepingLabels }, data },
    { force: true },
  );
}

function refOf(domain: string) {
  const name = `requests-${namePart(domain)}`;
  return { apiVersion: 'v1', kind: 'ConfigMap', name, namespace: keepingNamespace };
}
