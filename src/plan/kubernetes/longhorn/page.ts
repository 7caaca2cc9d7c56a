import type { Environment } from '../../../config/schema/environment.ts';
import type { Refusal, Step } from '../../plan.ts';
import type { BalancerAction } from '../balancers/actions.ts';
import { claimOn, matches, type Match } from '../balancers/match.ts';
import { endOf, giveBack, takeDown, wouldTakeOver } from '../balancers/mend.ts';
import type { BalancersInCluster, BalancersObserved } from '../balancers/observed.ts';
import { addressInFile } from '../balancers/parts.ts';

/** The way to Longhorn's own page. */
export interface PageLooked {
  readonly environment: Environment;
  /** undefined: the file names no cloud, and the load balancer is left to the cloud controller. */
  readonly observed: BalancersObserved | undefined;
  readonly noted: NonNullable<BalancersInCluster['noted']>;
  /** Whether the file wants a load balancer. */
  readonly wanted: boolean;
}

type Draft = Omit<Step<BalancerAction>, 'needs'>;

const reason = "Longhorn's Service goes with it, and its load balancer has to go first";

/** The Service first, then its load balancer, as the load-balancer doctor does it; its address is kept. */
export function pageGone(looked: PageLooked): readonly Draft[] {
  const { environment, observed, noted } = looked;
  const match = pageOf(looked);
  if (match === undefined || observed === undefined) return [];
  const mend = { reason, observed, environment };
  const steps = match.service.deleted === undefined ? takeDown(match, mend) : endOf(match, mend);
  const isNoted = noted.some(
    ({ service }) => service.name === match.service.name && service.namespace === match.service.namespace,
  );
  return (steps ?? []).filter(({ action }) => action.kind !== 'rememberFloatingIp' || !isNoted);
}

/** Its address again, once it has a load balancer. */
export function pageBack({ environment, observed, wanted }: PageLooked): readonly Draft[] {
  const { longhorn } = environment;
  if (!wanted || observed === undefined || typeof longhorn !== 'object') return [];
  const service = { namespace: longhorn.namespace, name: 'longhorn-frontend' };
  const mend = { reason: 'people know it by that', observed, environment };
  return giveBack(service, { ...mend, address: addressInFile(service, environment) });
}

/** Nothing that may be somebody else's is deleted, and nothing that nobody would make again. */
export function pageRefusal(looked: PageLooked): Refusal | undefined {
  const { environment, observed, wanted } = looked;
  if (observed === undefined) return undefined;
  if (wanted && observed.controller?.readyPods === 0)
    return {
      what: "The cloud controller does not run: nobody would make a load balancer for Longhorn's page again.",
      where: `${observed.controller.ref.kind} ${observed.controller.ref.name}, namespace ${observed.controller.ref.namespace ?? ''}`,
      fix: `Have it run again: \`hubwright doctor ${environment.name}\` says why it does not. Then run the command again.`,
    };
  const match = pageOf(looked);
  if (match === undefined) return undefined;
  const { service, balancer } = match;
  const isOurs = balancer === undefined || claimOn(balancer, observed) === 'ours';
  if (isOurs && !wouldTakeOver(service, observed)) return undefined;
  return {
    what: `The load balancer of ${service.name} may be somebody else's, and would go with Longhorn's Service.`,
    where:
      balancer === undefined
        ? `Service ${service.namespace}/${service.name}`
        : `load balancer ${balancer.id}`,
    fix: `\`hubwright doctor ${environment.name}\` says whose it is and what to do about it. Then run the command again.`,
  };
}

function pageOf({ environment, observed }: PageLooked): Match | undefined {
  if (observed === undefined) return undefined;
  return matches(observed, environment).find(
    ({ part, service }) => part === 'longhorn' && service.name === 'longhorn-frontend',
  );
}
