import type { Environment } from '../../../config/schema/environment.ts';
import { chained } from '../../order.ts';
import type { Step } from '../../plan.ts';
import type { BalancerAction, ServiceRef } from './actions.ts';
import { type Match, claimOn, namedAfter } from './match.ts';
import type { BalancersObserved, ObservedBalancer, ObservedFloatingIp } from './observed.ts';
import { addressInFile } from './parts.ts';

type Repair = readonly Step<BalancerAction>[];

/** What every repair is made from. */
export interface Mend {
  /** Why, in plain words. */
  readonly reason: string;
  readonly observed: BalancersObserved;
  readonly environment: Environment;
}

/**
 * The seed's procedure, in the order in which nothing is lost: the address is kept, the Service goes first and the
 * controller cleans up after it, Octavia is told only where that fails, and only once all is gone does the release's
 * Service come back and get its address.
 *
 * @returns undefined where it is not safe: the load balancer, or one that the new Service would take over by its name,
 * may be somebody else's, no release can give the Service again, or there is no controller at work to make another.
 */
export function makeAnew(match: Match, mend: Mend): Repair | undefined {
  const { service, balancer } = match;
  const { observed, environment } = mend;
  const { release } = service;
  const gone = runs(observed) ? takeDown(match, mend) : undefined;
  if (release === undefined || gone === undefined) return undefined;
  const floatingIp = balancer && floatingIpOf(balancer, observed);
  const ref = refOf(service);
  const step = stepsFor(mend, ref);
  return chained([
    ...gone,
    step('recreate', `make the Service again, as release ${release.name} has it`, {
      kind: 'recreateService',
      service: ref,
      release,
    }),
    restoreAddress(step, ref, addressInFile(service, environment) ?? floatingIp?.address),
  ]);
}

/** The first half of it: until nothing of the Service and its load balancer is left. */
export function takeDown({ service, balancer }: Match, mend: Mend): Repair | undefined {
  const { observed } = mend;
  const { release, uid } = service;
  if (release === undefined || wouldTakeOver(service, observed)) return undefined;
  if (balancer !== undefined && claimOn(balancer, observed) !== 'ours') return undefined;
  const floatingIp = balancer && floatingIpOf(balancer, observed);
  const ref = refOf(service);
  const step = stepsFor(mend, ref);
  return chained([
    ...(floatingIp === undefined ? [] : [keepAddress(step, ref, floatingIp)]),
    step('delete', `delete the Service, and let the cloud controller clean up`, {
      kind: 'deleteService',
      service: { ...ref, uid },
      release,
    }),
    ...goneFor(mend, { ...ref, uid }, balancer),
  ]);
}

/** What is left of a Service that is being deleted; its address lives on. */
export function endOf({ service, balancer }: Match, mend: Mend): Repair {
  const ref = refOf(service);
  const floatingIp = balancer && floatingIpOf(balancer, mend.observed);
  return chained([
    ...(floatingIp === undefined ? [] : [keepAddress(stepsFor(mend, ref), ref, floatingIp)]),
    ...goneFor(mend, { ...ref, uid: service.uid }, balancer),
  ]);
}

/** A Service that is not there, from its release; undefined: it would take over another cluster's load balancer. */
export function bringBack(
  service: ServiceRef,
  release: ServiceRef,
  { address, ...mend }: Mend & { readonly address: string | undefined },
): Repair | undefined {
  if (wouldTakeOver(service, mend.observed)) return undefined;
  const step = stepsFor(mend, service);
  return chained([
    step('recreate', `make the Service again, as release ${release.name} has it`, {
      kind: 'recreateService',
      service,
      release,
    }),
    restoreAddress(step, service, address),
  ]);
}

/** Another load balancer for the Service, or none so that the controller finds or makes one; then it is waited for. */
export function pointTo(
  match: Match,
  to: ObservedBalancer | undefined,
  { address, ...mend }: Mend & { readonly address: string | undefined },
): Repair | undefined {
  const { service } = match;
  if (to === undefined && wouldTakeOver(service, mend.observed)) return undefined;
  const ref = refOf(service);
  const step = stepsFor(mend, ref);
  const title =
    to === undefined
      ? 'take the id of the load balancer off the Service'
      : `tell the Service that its load balancer is ${to.id}`;
  return chained([
    step('id', title, {
      kind: 'setBalancerId',
      service: ref,
      from: service.balancerId,
      to: to?.id,
    }),
    syncStep(step, ref, mend.observed),
    restoreAddress(step, ref, address),
  ]);
}

/** What a repair that was cut off has not come to. */
export function giveBack(
  service: ServiceRef,
  { address, ...mend }: Mend & { readonly address: string | undefined },
): Repair {
  return chained([restoreAddress(stepsFor(mend, service), refOf(service), address)]);
}

export function sync({ service }: Pick<Match, 'service'>, mend: Mend): Repair {
  const ref = refOf(service);
  return chained([syncStep(stepsFor(mend, ref), ref, mend.observed)]);
}

/** One that no Service uses. */
export function remove({ id, name }: ObservedBalancer, { reason }: Pick<Mend, 'reason'>): Repair {
  return [
    {
      id: `balancer:${id}:delete`,
      title: `load balancer ${id}: delete`,
      reason,
      needs: [],
      action: { kind: 'deleteBalancer', id, name, service: undefined },
    },
  ];
}

/** The floating IP on its VIP. */
export function floatingIpOf(
  { vip }: ObservedBalancer,
  { floatingIps }: Pick<BalancersObserved, 'floatingIps'>,
): ObservedFloatingIp | undefined {
  return floatingIps.find(({ portId }) => portId === vip.portId);
}

/** Whether a Service without an id would get a load balancer that is not proven to be ours. */
export function wouldTakeOver(service: ServiceRef, observed: BalancersObserved): boolean {
  return namedAfter(service, observed).some((one) => claimOn(one, observed) !== 'ours');
}

function runs({ controller }: BalancersObserved): boolean {
  return controller?.readyPods !== 0;
}

function goneFor(
  mend: Mend,
  service: ServiceRef & { readonly uid: string },
  balancer: ObservedBalancer | undefined,
): Draft[] {
  const step = stepsFor(mend, service);
  return [
    ...(balancer === undefined
      ? []
      : [
          step('balancer', `load balancer ${balancer.id} is gone, or goes by Octavia`, {
            kind: 'deleteBalancer',
            id: balancer.id,
            name: balancer.name,
            service,
          }),
        ]),
    step('free', 'the old Service is gone', {
      kind: 'freeService',
      service,
      balancerId: balancer?.id,
      controllerRuns: runs(mend.observed),
    }),
  ];
}

/** What it needs is seen once it stands in its row. */
type Draft = Omit<Step<BalancerAction>, 'needs'>;

type StepOf = (word: string, title: string, action: BalancerAction) => Draft;

function stepsFor({ reason }: Mend, { namespace, name }: ServiceRef): StepOf {
  return (word, title, action) => ({
    id: `balancer:${namespace}/${name}:${word}`,
    title: `${name}: ${title}`,
    reason,
    action,
  });
}

function keepAddress(step: StepOf, service: ServiceRef, { id, address }: ObservedFloatingIp): Draft {
  return step('keep', `keep its address ${address}`, {
    kind: 'rememberFloatingIp',
    service,
    floatingIp: { id, address },
  });
}

function restoreAddress(step: StepOf, service: ServiceRef, address: string | undefined): Draft {
  return step('address', `give it ${address === undefined ? 'the address that it had' : address} again`, {
    kind: 'restoreFloatingIp',
    service,
    address,
  });
}

function syncStep(step: StepOf, service: ServiceRef, { controller }: BalancersObserved): Draft {
  return step('sync', 'have the cloud controller look at it, and wait for that', {
    kind: 'syncService',
    service,
    controller: controller?.ref,
  });
}

function refOf({ namespace, name }: ServiceRef): ServiceRef {
  return { namespace, name };
}
