import type { DnsAnswer } from '../../../ports.ts';
import { budgetOf, loggedAges, spanText } from './budget.ts';
import type { AcmeObserved, PortAnswer } from './observed.ts';

export type ConditionId = 'address' | 'balancer' | 'floatingIp' | 'dns' | 'port80' | 'budget';

/** Something that has to hold before a certificate is asked for. */
export interface Condition {
  readonly id: ConditionId;
  /** `unknown`: nobody could look, and what comes behind it decides. */
  readonly holds: true | false | 'unknown';
  /** What was seen. */
  readonly seen: string;
  /** What is waited for, where it does not hold. */
  readonly waitsFor: string;
  /** What to do about it, a sentence. */
  readonly todo: string;
}

/** All of them, in the order in which they can come to hold. */
export function conditionsOf(observed: AcmeObserved): Condition[] {
  return [
    addressCondition(observed),
    balancerCondition(observed),
    floatingIpCondition(observed),
    dnsCondition(observed),
    portCondition(observed),
    budgetCondition(observed),
  ];
}

/** The first that does not hold; undefined: a certificate can be asked for. */
export function firstOpen(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({ holds }) => holds === false);
}

function addressCondition({ service }: AcmeObserved): Condition {
  const ingress = service?.ingress ?? [];
  const has = ingress.length > 0 ? `has the address ${ingress.join(', ')}` : 'has no address';
  return {
    id: 'address',
    holds: ingress.length > 0,
    seen: service === undefined ? 'there is no Service proxy-public' : `the Service proxy-public ${has}`,
    waitsFor: 'an address of the load balancer',
    todo: 'The cloud makes it, usually within two minutes; the events of the Service say why not: `kubectl describe service proxy-public`.',
  };
}

function balancerCondition({ balancer }: AcmeObserved): Condition {
  const known = 'id' in balancer;
  return {
    id: 'balancer',
    holds: known ? balancer.provisioning === 'ACTIVE' : 'unknown',
    seen: known
      ? `load balancer ${balancer.id} is ${balancer.provisioning}`
      : `the load balancer was not looked at: ${balancer.notSeen}`,
    waitsFor: 'the load balancer to be ACTIVE',
    todo:
      known && balancer.provisioning === 'ERROR'
        ? 'It has to be made anew: see `hubwright doctor`.'
        : 'Octavia is at work on it; one that stays so for a quarter of an hour is for the operators of the cloud.',
  };
}

/** The cloud's word goes before the Service's, which is only as fresh as the last look of the cloud controller. */
function floatingIpCondition(observed: AcmeObserved): Condition {
  const { floatingIp, balancer } = observed;
  const has = 'id' in balancer ? balancer.floatingIps : (observed.service?.ingress ?? []);
  const about = {
    id: 'floatingIp' as const,
    waitsFor: `the floating IP ${floatingIp ?? ''} on the load balancer`,
    todo: 'The cloud sets it when it makes the load balancer and ignores later changes: `hubwright addresses ENV attach` puts it there.',
  };
  if (floatingIp === undefined) return { ...about, holds: true, seen: 'the file names no floating IP' };
  if (has.length === 0 && !('id' in balancer))
    return {
      ...about,
      holds: 'unknown',
      seen: `nobody knows yet whether ${floatingIp} is on the load balancer`,
    };
  if (!has.includes(floatingIp)) {
    const there = has.join(', ') || 'no floating IP';
    return {
      ...about,
      holds: false,
      seen: `the load balancer has ${there}, and the file says ${floatingIp}`,
    };
  }
  return { ...about, holds: true, seen: `${floatingIp} is the one of the file` };
}

/** Every address that the name has must be this hub's: who looks takes any of them. */
function dnsCondition(observed: AcmeObserved): Condition {
  const { domain, dns } = observed;
  const ours = addressesOf(observed);
  const faults = dns.flatMap((answer) => [
    ...dnsFaults(answer, ours),
    ...(isLetsEncrypt(observed.authority) ? caaFaults(answer) : []),
  ]);
  const [first] = faults;
  const say = dns.length === 1 ? 'says' : 'say';
  return {
    id: 'dns',
    holds: dns.length > 0 && faults.length === 0,
    seen:
      first ??
      `${dns.map(({ resolver }) => resolver).join(' and ')} ${say} that ${domain} is ${seenAddresses(dns)}`,
    waitsFor: `${domain} to lead to ${ours.join(' or ') || 'the hub'}`,
    todo: dnsTodo(observed, ours),
  };
}

function dnsTodo({ domain, dns, authority }: AcmeObserved, ours: readonly string[]): string {
  const silent = dns.filter(({ failures }) => failures.length > 0).map(({ resolver }) => resolver);
  if (silent.length > 0)
    return `See that this machine may ask ${silent.join(' and ')} (port 53), or write others as \`address.resolvers\`.`;
  const address = ours[0] ?? 'the address of the hub';
  const records = isLetsEncrypt(authority)
    ? 'no AAAA record that leads elsewhere, and no CAA record that leaves letsencrypt.org out'
    : 'and no AAAA record that leads elsewhere';
  return `In the DNS, give ${domain} one A record, ${address}, ${records}. What is known of the old one is kept for as long as its TTL says.`;
}

/** Where the hub can be reached; names of load balancers (which other clouds give) count as they are. */
function addressesOf({ service, floatingIp, balancer }: AcmeObserved): string[] {
  const ingress = service?.ingress ?? [];
  if ('id' in balancer && balancer.floatingIps.length > 0) return [...balancer.floatingIps];
  return ingress.length === 0 && floatingIp !== undefined ? [floatingIp] : [...ingress];
}

function seenAddresses(dns: readonly DnsAnswer[]): string {
  const all = new Set(dns.flatMap(({ a, aaaa }) => [...a, ...aaaa]));
  return [...all].join(', ') || 'nowhere';
}

function dnsFaults({ resolver, a, aaaa, failures }: DnsAnswer, ours: readonly string[]): string[] {
  if (failures.length > 0) return failures.map((failure) => `${resolver} could not be asked (${failure})`);
  // A load balancer that has a name and no address of its own.
  const byName = ours.some((one) => !isAddress(one));
  const strangers = byName ? [] : [...a, ...aaaa].filter((address) => !ours.includes(address));
  const faults: string[] = [];
  if (a.length + aaaa.length === 0) faults.push(`${resolver} knows no address of it`);
  else if (strangers.length > 0) {
    const kind = strangers.every((address) => aaaa.includes(address)) ? 'AAAA' : 'A';
    faults.push(`${resolver} says ${strangers.join(', ')} (${kind}), which is not this hub`);
  }
  return faults;
}

/** What other servers are called in CAA records only they know. */
function isLetsEncrypt(authority: string): boolean {
  return authority.endsWith('.letsencrypt.org');
}

function caaFaults({ resolver, caa, failures }: DnsAnswer): string[] {
  if (failures.length > 0) return [];
  const issuers = caa.filter(({ tag }) => tag === 'issue');
  if (issuers.length === 0 || issuers.some(({ value }) => value === 'letsencrypt.org')) return [];
  const allowed = issuers.map(({ value }) => value || 'nobody').join(', ');
  return [`${resolver} has a CAA record that lets ${allowed} issue, and not letsencrypt.org`];
}

function isAddress(text: string): boolean {
  return /^[0-9.]+$/.test(text) || text.includes(':');
}

function portCondition({ port80, domain }: AcmeObserved): Condition {
  const about = {
    id: 'port80' as const,
    waitsFor: 'port 80 of the hub to answer',
    todo: 'Open port 80 to the world in the security group and the firewall before the load balancer; see that the proxy runs (`hubwright status ENV`).',
  };
  if (port80.length === 0)
    return { ...about, holds: false, seen: 'port 80 was not asked: there is no address yet' };
  const closed = port80.find((answer): answer is PortAnswer & { problem: string } => 'problem' in answer);
  if (closed !== undefined) {
    const seen = `port 80 of ${closed.address}, asked from this machine: ${closed.problem}`;
    return { ...about, holds: false, seen };
  }
  const addresses = port80.map(({ address }) => address).join(', ');
  return { ...about, holds: true, seen: `port 80 of ${addresses} answers for ${domain}` };
}

function budgetCondition(observed: AcmeObserved): Condition {
  const { attempts, authority, logs } = observed;
  const { failuresLastHour, issuedLastWeek, limits, waitSeconds, why } = budgetOf(
    attempts,
    authority,
    loggedAges(observed),
  );
  const silent =
    logs !== undefined && 'notSeen' in logs
      ? `, as counted in the cluster alone: the public logs were not seen (${logs.notSeen})`
      : '';
  const counted = `${failuresLastHour} of ${limits.failures} failed requests within an hour, ${issuedLastWeek} of ${limits.duplicates} certificates within seven days${silent}`;
  return {
    id: 'budget',
    holds: waitSeconds === 0,
    seen: why ?? counted,
    waitsFor: `the next request to be allowed, in ${spanText(waitSeconds)}`,
    todo: 'Use the time to find out why the last ones failed: `hubwright certificates ENV`.',
  };
}
