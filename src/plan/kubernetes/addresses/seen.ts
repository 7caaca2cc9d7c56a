import type { Environment } from '../../../config/schema/environment.ts';
import type { DnsAnswer } from '../../../ports.ts';
import { floatingIpOf } from '../balancers/mend.ts';
import type {
  BalancedService,
  BalancersInCloud,
  BalancersInCluster,
  BalancersObserved,
  ObservedBalancer,
  ObservedFloatingIp,
} from '../balancers/observed.ts';
import { together } from '../balancers/together.ts';
import { whose } from '../balancers/whose.ts';
import { type Way, waysOf } from './ways.ts';

/** What was looked at for the ways in. */
export interface AddressesObserved {
  readonly cluster: BalancersInCluster;
  /** undefined: it could not be asked, or the file names none. */
  readonly cloud: BalancersInCloud | undefined;
  /** By the name that was asked for. */
  readonly dns: Readonly<Record<string, readonly DnsAnswer[]>>;
}

/** A way in with all of it that there is. */
export interface SeenWay {
  readonly way: Way;
  readonly service: BalancedService | undefined;
  readonly balancer: ObservedBalancer | undefined;
  /** On the VIP. */
  readonly floatingIp: ObservedFloatingIp | undefined;
  readonly dns: readonly DnsAnswer[];
}

/** Those that the file asks for, and those that are there all the same. */
export function seenWays(environment: Environment, observed: AddressesObserved): SeenWay[] {
  return waysOf(environment)
    .map((way) => seenWay(way, observed))
    .filter(({ way, service }) => way.wanted || service?.type === 'LoadBalancer');
}

export function seenWay(way: Way, { cluster, cloud, dns }: AddressesObserved): SeenWay {
  const service = cluster.services.find(
    ({ namespace, name }) => namespace === way.namespace && name === way.service,
  );
  const answers = way.domain === undefined ? [] : (dns[way.domain] ?? []);
  const nothing = { way, service, balancer: undefined, floatingIp: undefined, dns: answers };
  if (cloud === undefined) return nothing;
  const both = together(cluster, cloud);
  const balancer = service === undefined ? waitingFor(way, both) : balancerOf(service, both);
  return balancer === undefined
    ? nothing
    : { ...nothing, balancer, floatingIp: floatingIpOf(balancer, cloud) };
}

/** The one that a Service of that name would take over; not by its name alone. */
function waitingFor({ namespace, service }: Way, observed: BalancersObserved): ObservedBalancer | undefined {
  const orphans = observed.loadBalancers.filter((balancer) => {
    const of = whose(balancer, observed);
    return of.kind === 'orphan' && of.by === 'members' && of.namespace === namespace && of.name === service;
  });
  return orphans.length === 1 ? orphans[0] : undefined;
}

/** That which its annotation has; where it has none, the one that the controller would take, if nodes are its members. */
function balancerOf(service: BalancedService, observed: BalancersObserved): ObservedBalancer | undefined {
  if (service.balancerId !== undefined)
    return observed.loadBalancers.find(({ id }) => id === service.balancerId);
  const candidates = observed.loadBalancers.filter((balancer) => {
    const of = whose(balancer, observed);
    return of.kind === 'service' && of.by === 'members' && of.service.uid === service.uid;
  });
  return candidates.length === 1 ? candidates[0] : undefined;
}
