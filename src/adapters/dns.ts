import { type CaaRecord as NodeCaa } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { CaaRecord, DnsAnswer } from '../ports.ts';

/** Of each question; a public resolver answers within half a second. */
const timeoutMs = 3000;
const tries = 2;

/** There is no such name, or it has no such records: an answer too. */
const nothing = new Set(['ENOTFOUND', 'ENODATA']);

const words: Readonly<Record<string, string>> = {
  ETIMEOUT: 'it does not answer',
  ECONNREFUSED: 'it cannot be reached',
  ESERVFAIL: 'its answer is SERVFAIL',
  EREFUSED: 'it refuses to answer',
};

/** Asks each resolver by itself what it knows of a name. Fails nowhere: what cannot be known is said. */
export function askResolvers(name: string, resolvers: readonly string[]): Promise<DnsAnswer[]> {
  return Promise.all(resolvers.map((resolver) => askResolver(name, resolver)));
}

async function askResolver(name: string, resolver: string): Promise<DnsAnswer> {
  const dns = new Resolver({ timeout: timeoutMs, tries });
  dns.setServers([resolver]);
  const failures: string[] = [];
  const ask = async <Record>(what: string, question: Promise<Record[]>): Promise<Record[]> => {
    try {
      return await question;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
      if (!nothing.has(code)) failures.push(`${what}: ${words[code] ?? code}`);
      return [];
    }
  };
  const [a, aaaa, caa] = await Promise.all([
    ask('A', dns.resolve4(name)),
    ask('AAAA', dns.resolve6(name)),
    nearestCaa(name, (parent) => ask('CAA', dns.resolveCaa(parent))),
  ]);
  return { resolver, a: a.toSorted(), aaaa: aaaa.toSorted(), caa, failures };
}

/**
 * From the name upwards, as a certificate authority looks (RFC 8659): the first that has any counts. Top-level domains have
 * none, and a resolver of one's own that does not know them is right otherwise.
 */
async function nearestCaa(name: string, ask: (name: string) => Promise<NodeCaa[]>): Promise<CaaRecord[]> {
  const labels = name.split('.');
  const names = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
  const answers = await Promise.all(names.map(ask));
  return (answers.find((records) => records.length > 0) ?? []).map(recordOf);
}

function recordOf({ issue, issuewild }: NodeCaa): CaaRecord {
  if (issue !== undefined) return { tag: 'issue', value: issuerOf(issue) };
  return issuewild === undefined
    ? { tag: 'other', value: '' }
    : { tag: 'issuewild', value: issuerOf(issuewild) };
}

/** Parameters stand behind a semicolon: which account, which way of proof. */
function issuerOf(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}
