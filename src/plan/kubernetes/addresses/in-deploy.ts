import type { Environment } from '../../../config/schema/environment.ts';
import { inOrder } from '../../order.ts';
import type { Note, Plan, Refusal } from '../../plan.ts';
import type { ClusterAction } from '../actions.ts';
import type { BalancersInCloud } from '../balancers/observed.ts';
import { hindranceOf } from './floating-ip.ts';
import { attachSteps } from './plan-address.ts';
import type { NotSeen } from './report.ts';
import { type AddressesObserved, type SeenWay, seenWay } from './seen.ts';
import { waysOf } from './ways.ts';

/** What has been looked at for the ways in, and why the cloud has not. */
export interface LookedAtAddresses {
  readonly observed: AddressesObserved;
  readonly notSeen?: NotSeen;
}

/** Whether the file says something about floating IPs that can be looked at. */
export function saysFloatingIp(environment: Environment): boolean {
  return environment.openstack !== undefined && waysOf(environment).some(({ floatingIp }) => floatingIp);
}

/**
 * A deploy that also sees to it that the floating IPs of the file lead to their load balancers, after the releases; or is
 * refused, where one cannot be had. On a new load balancer the cloud controller puts it itself.
 */
export function withAddresses(
  plan: Plan<ClusterAction>,
  environment: Environment,
  { observed, notSeen }: LookedAtAddresses,
): Plan<ClusterAction> {
  const { cloud } = observed;
  if (cloud === undefined) {
    const text = `the floating IP was not looked at. ${notSeen?.why ?? ''}`;
    return { ...plan, notes: [...plan.notes, { severity: 'warning', text }] };
  }
  const seen = waysOf(environment)
    .filter(({ floatingIp }) => floatingIp !== undefined)
    .map((way) => seenWay(way, observed));
  const releases = plan.steps.map(({ id }) => id).filter((id) => /:(release|objects|ready)$/.test(id));
  const steps = seen.flatMap((one) => attachSteps(one, cloud, releases));
  const refusal = plan.refusal ?? refusalOf(seen, cloud, environment.name);
  return {
    ...plan,
    steps: inOrder([...plan.steps, ...steps]),
    notes: [...plan.notes, ...seen.flatMap((one) => leftNote(one))],
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function refusalOf(
  ways: readonly SeenWay[],
  cloud: BalancersInCloud,
  environment: string,
): Refusal | undefined {
  return ways.flatMap(({ way, balancer }): Refusal[] => {
    const hindrance = hindranceOf(way, balancer, cloud);
    return hindrance === undefined
      ? []
      : [{ ...hindrance, where: `environment ${environment}, \`${way.key}\`` }];
  })[0];
}

/** One that gives place costs money for as long as the project has it. */
function leftNote({ way, floatingIp }: SeenWay): Note[] {
  if (floatingIp === undefined || floatingIp.address === way.floatingIp) return [];
  const text = `floating IP ${floatingIp.address}, which led to ${way.service}, stays with the project and leads nowhere`;
  return [{ severity: 'info', text }];
}
