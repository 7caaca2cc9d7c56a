import type { Environment } from '../../../config/schema/environment.ts';
import { balancerName, oldName, parseName } from './names.ts';
import type { BalancedService, BalancersObserved, ObservedBalancer } from './observed.ts';
import { type Part, partOf } from './parts.ts';
import { membersAre, sharedWith, whose } from './whose.ts';

/** A Service of the environment with the load balancers that it may mean, as the controller looks for them. */
export interface Match {
  readonly service: BalancedService;
  readonly part: Part;
  /** The one of its id annotation; without one, the only one of its name, which the controller would take over. */
  readonly balancer: ObservedBalancer | undefined;
  /** An id annotation that leads to none in the project. */
  readonly staleId: string | undefined;
  /** Others of its name that are not on their way out. */
  readonly namesakes: readonly ObservedBalancer[];
}

/** The environment's own Services of type LoadBalancer, also those that are being deleted. */
export function matches(observed: BalancersObserved, environment: Environment): Match[] {
  return observed.services.flatMap((service) => {
    const part = partOf(service, environment);
    if (part === undefined || (service.type !== 'LoadBalancer' && service.deleted === undefined)) return [];
    return [{ service, part, ...balancersOf(service, observed) }];
  });
}

/** Those that are there to stay. */
export function livingMatches(observed: BalancersObserved, environment: Environment): Match[] {
  return matches(observed, environment).filter(({ service }) => service.deleted === undefined);
}

function balancersOf(
  service: BalancedService,
  observed: BalancersObserved,
): Pick<Match, 'balancer' | 'staleId' | 'namesakes'> {
  const named = namedAfter(service, observed);
  const { balancerId } = service;
  if (balancerId === undefined) {
    const [only, ...more] = named;
    return more.length === 0
      ? { balancer: only, staleId: undefined, namesakes: [] }
      : { balancer: undefined, staleId: undefined, namesakes: named };
  }
  const balancer = observed.loadBalancers.find(({ id }) => id === balancerId);
  return {
    balancer,
    staleId: balancer === undefined ? balancerId : undefined,
    namesakes: named.filter(({ id }) => id !== balancerId),
  };
}

/** Those among which the controller looks for a Service without an id. */
export function namedAfter(
  service: { readonly namespace: string; readonly name: string; readonly uid?: string },
  { loadBalancers, clusterName }: Pick<BalancersObserved, 'loadBalancers' | 'clusterName'>,
): ObservedBalancer[] {
  const names = [
    ...(clusterName === undefined ? [] : [balancerName(clusterName.name, service)]),
    ...(service.uid === undefined ? [] : [oldName({ uid: service.uid })]),
  ];
  return loadBalancers.filter(
    ({ name, provisioning }) =>
      names.includes(name) && provisioning !== 'DELETED' && provisioning !== 'PENDING_DELETE',
  );
}

/** Whether somebody may do with a load balancer as he likes. */
export type Claim =
  /** It is this cluster's: its id stands on a Service that it is named after, or nodes of the cluster are its members. */
  | 'ours'
  /** Other Services use it too. */
  | 'shared'
  /** A person has made it. */
  | 'person'
  | 'otherCluster'
  /** Its name speaks for it, and nothing else. */
  | 'unproven';

/** Stricter than `whose`: what may be deleted has to be proven. */
export function claimOn(balancer: ObservedBalancer, observed: BalancersObserved): Claim {
  const named = parseName(balancer.name);
  const isOld = observed.services.some((service) => oldName(service) === balancer.name);
  if (named === undefined && !isOld) return 'person';
  if (sharedWith(balancer).length > 0) return 'shared';
  const owner = whose(balancer, observed);
  if (owner.kind === 'other') return 'otherCluster';
  if (owner.by === 'members') return 'ours';
  if (owner.by === 'name' || balancer.listeners === undefined) return 'unproven';
  const members = membersAre(balancer, observed);
  if (members === 'ours') return 'ours';
  const { cluster } = named ?? { cluster: undefined };
  const isNamedSo = cluster === undefined || cluster === (observed.clusterName?.name ?? cluster);
  if (members === 'others') return isNamedSo ? 'unproven' : 'otherCluster';
  return isNamedSo ? 'ours' : 'unproven';
}
