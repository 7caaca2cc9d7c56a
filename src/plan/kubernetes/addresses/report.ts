import type { Environment } from '../../../config/schema/environment.ts';
import { type Disagreement, disagreementsOf, dnsDisagreements } from './disagreements.ts';
import { type AddressesObserved, type SeenWay, seenWays } from './seen.ts';
import { type WayName, waysOf } from './ways.ts';

/** The ways in as people look at them. */
export interface AddressesReport {
  readonly ways: readonly ReportedWay[];
  readonly notSeen: readonly NotSeen[];
}

/** What was not looked at. */
export interface NotSeen {
  /** Why, in whole sentences. */
  readonly why: string;
  /** It should have been: no access to the cloud, say. Otherwise the file does not ask for it. */
  readonly failed: boolean;
}

export interface ReportedWay {
  readonly name: WayName;
  /** `NAMESPACE/NAME` */
  readonly service: string;
  /** What the Service itself says; empty: it has no address. */
  readonly shows: readonly string[];
  readonly balancer: { readonly id: string; readonly name: string; readonly status: string } | undefined;
  readonly vip: { readonly address: string; readonly port: string } | undefined;
  readonly floatingIp: string | undefined;
  /** Of the file. */
  readonly wanted: string | undefined;
  readonly domain: string | undefined;
  readonly dns: readonly {
    readonly resolver: string;
    readonly a: readonly string[];
    readonly aaaa: readonly string[];
    /** Why it could not say all of that. */
    readonly failures: readonly string[];
  }[];
  readonly disagreements: readonly Disagreement[];
}

/** @param notSeen of the cloud. */
export function addressesReport(
  environment: Environment,
  observed: AddressesObserved,
  notSeen: readonly NotSeen[],
): AddressesReport {
  const judge = (seen: SeenWay) => disagreementsOf({ seen, observed, environment: environment.name });
  return reportOf(seenWays(environment, observed), judge, notSeen);
}

/**
 * What the resolvers say of the names of the file, where the cluster cannot be asked.
 *
 * @param notSeen of the cluster.
 */
export function namesReport(
  environment: Environment,
  dns: AddressesObserved['dns'],
  notSeen: NotSeen,
): AddressesReport {
  const nothing = { service: undefined, balancer: undefined, floatingIp: undefined };
  const ways = waysOf(environment)
    .filter(({ domain }) => domain !== undefined)
    .map((way): SeenWay => ({ way, ...nothing, dns: dns[way.domain ?? ''] ?? [] }));
  return reportOf(ways, dnsDisagreements, [notSeen]);
}

function reportOf(
  ways: readonly SeenWay[],
  judge: (seen: SeenWay) => readonly Disagreement[],
  notSeen: readonly NotSeen[],
): AddressesReport {
  const silent = ways.flatMap(({ way, dns }) =>
    unasked({ domain: way.domain, dns }).map((why) => ({ why, failed: true })),
  );
  return {
    ways: ways.map((seen): ReportedWay => {
      const { way, service, balancer, floatingIp, dns } = seen;
      return {
        name: way.name,
        service: `${way.namespace}/${way.service}`,
        shows: service?.ingress ?? [],
        balancer: balancer && { id: balancer.id, name: balancer.name, status: balancer.provisioning },
        vip: balancer && { address: balancer.vip.address, port: balancer.vip.portId },
        floatingIp: floatingIp?.address,
        wanted: way.floatingIp,
        domain: way.domain,
        dns: dns.map(({ resolver, a, aaaa, failures }) => ({ resolver, a, aaaa, failures })),
        disagreements: judge(seen),
      };
    }),
    notSeen: [...notSeen, ...silent],
  };
}

/** What resolvers could not say of the addresses of a name: whole sentences. */
export function unasked({ domain, dns }: Pick<ReportedWay, 'domain' | 'dns'>): string[] {
  return dns.flatMap(({ resolver, failures }) =>
    failures
      .filter((failure) => /^A+:/.test(failure))
      .map((failure) => `${resolver} could not be asked for ${domain} (${failure}).`),
  );
}
