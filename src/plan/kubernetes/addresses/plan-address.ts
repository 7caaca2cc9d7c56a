import { isMadeByController, serviceAnnotations } from '../../../config/cloud-controller.ts';
import type { Note, Plan, Refusal, Step } from '../../plan.ts';
import type { ClusterAction } from '../actions.ts';
import type { BalancersInCloud, ObservedFloatingIp } from '../balancers/observed.ts';
import { hindranceOf } from './floating-ip.ts';
import type { SeenWay } from './seen.ts';
import { type WayName, isAddress } from './ways.ts';

type ClusterStep = Step<ClusterAction>;

/** To change which floating IP leads to a load balancer, and nothing else. */
export interface AddressIntent {
  readonly kind: 'addresses';
  readonly does: 'attach' | 'release';
  readonly way: WayName;
}

interface Wanted {
  readonly environment: string;
  readonly seen: SeenWay;
  readonly cloud: BalancersInCloud;
}

/** Has the floating IP of the file lead to the load balancer of a way in. */
export function planAttach({ environment, seen, cloud }: Wanted): Plan<ClusterAction> {
  const refusal = attachRefusal({ environment, seen, cloud });
  const steps = refusal === undefined ? attachSteps(seen, cloud, []) : [];
  return { ...bare(environment, steps), ...(refusal === undefined ? {} : { refusal }) };
}

/** Takes the floating IP off, so that it can be used elsewhere. */
export function planRelease({ environment, seen }: Wanted): Plan<ClusterAction> {
  const { floatingIp, way, service } = seen;
  if (floatingIp === undefined) return bare(environment, []);
  const asked = service?.wantedIp === floatingIp.address;
  const text = asked
    ? `Service ${way.service} asks for ${floatingIp.address}: the cloud controller puts it back when it next looks at the Service, if it is free then. Use it elsewhere at once, or take \`${way.key}\` out of the file and deploy before.`
    : `the cloud controller may give ${way.service} another floating IP when it next looks at it.`;
  const step: ClusterStep = {
    id: 'address:release',
    title: `Take floating IP ${floatingIp.address} off the load balancer of ${way.service}`,
    reason: 'asked for',
    needs: [],
    action: move(floatingIp, undefined),
  };
  const gone = `Nobody reaches ${way.name === 'hub' ? 'the hub' : way.service} at ${floatingIp.address} any more.`;
  const plan = bare(environment, [step], [{ severity: 'warning', text }]);
  return { ...plan, impacts: [{ kind: 'websocketsCut', people: [], text: gone }] };
}

function bare(
  environment: string,
  steps: readonly ClusterStep[],
  notes: readonly Note[] = [],
): Plan<ClusterAction> {
  return { environment, steps, impacts: [], notes };
}

/** Why the floating IP of the file cannot be had there now. */
function attachRefusal({ environment, seen, cloud }: Wanted): Refusal | undefined {
  const { way, balancer } = seen;
  const where = `environment ${environment}, \`${way.key}\``;
  if (way.floatingIp === undefined)
    return {
      what: `The file has no floating IP for ${way.service}.`,
      where,
      fix: `Write one of the project's as \`${way.key}\`.`,
      exitCode: 2,
    };
  const hindrance = hindranceOf(way, balancer, cloud);
  if (hindrance !== undefined) return { ...hindrance, where };
  if (balancer !== undefined) return undefined;
  return {
    what: `Service ${way.service} has no load balancer yet.`,
    where: `namespace ${way.namespace}`,
    fix: `\`hubwright deploy ${environment}\` installs what is missing; \`hubwright doctor ${environment}\` says what holds it up.`,
  };
}

/**
 * The steps after which the floating IP of the file leads to the load balancer, and the Service says so; none where all is so.
 * The controller sees to it only when it makes the load balancer.
 */
export function attachSteps(seen: SeenWay, cloud: BalancersInCloud, needs: readonly string[]): ClusterStep[] {
  const { way, service, balancer, floatingIp: now } = seen;
  const wanted = cloud.floatingIps.find(({ address }) => address === way.floatingIp);
  if (wanted === undefined || balancer === undefined || service === undefined) return [];
  const id = (step: string): string => `address:${way.name}:${step}`;
  const of = { namespace: way.namespace, name: way.service };
  const differs = now?.id !== wanted.id;
  const steps = keepSteps(seen, wanted, needs);
  if (now !== undefined && differs)
    steps.push({
      id: id('free'),
      title: `Take floating IP ${now.address} off the load balancer of ${way.service}`,
      reason: `${wanted.address} takes its place`,
      needs,
      action: move(now, undefined),
    });
  if (differs)
    steps.push({
      id: id('attach'),
      title: `Floating IP ${wanted.address} to the load balancer of ${way.service}`,
      reason:
        now === undefined
          ? 'it has none, and the cloud controller looks for one only when it makes a load balancer'
          : `the file says so, and the cloud controller leaves ${now.address} where it is`,
      needs: [...needs, id('free'), id('keep')],
      action: move(wanted, balancer.vip.portId),
    });
  const shown = service.ingress[0];
  const showsName = shown !== undefined && !isAddress(shown);
  if (!showsName && shown !== wanted.address)
    steps.push({
      id: id('shown'),
      title: `Service ${way.service}: wait until it says ${wanted.address}`,
      reason: 'what it says is as old as the last look of the cloud controller',
      needs: [...needs, id('attach')],
      action: { kind: 'lookAgain', service: of, shows: wanted.address },
    });
  return steps;
}

/** Has the Service leave its floating IP to the project when it goes; none where it does already. */
export function keepSteps(
  seen: SeenWay,
  floatingIp: ObservedFloatingIp,
  needs: readonly string[],
): ClusterStep[] {
  const { way } = seen;
  if (!isAtRisk(seen, floatingIp)) return [];
  return [
    {
      id: `address:${way.name}:keep`,
      title: `Floating IP ${floatingIp.address}: keep it when Service ${way.service} goes`,
      reason: 'the cloud controller has made it, and would delete it with the Service',
      needs,
      action: { kind: 'keepFloatingIp', service: { namespace: way.namespace, name: way.service } },
    },
  ];
}

/** Whether it would be deleted with the Service though the file counts on it. */
function isAtRisk({ service }: SeenWay, wanted: ObservedFloatingIp): boolean {
  return isMadeByController(wanted) && service?.annotations[serviceAnnotations.keepFloatingIp] !== 'true';
}

function move({ id, address, revision }: ObservedFloatingIp, to: string | undefined): ClusterAction {
  return { kind: 'moveFloatingIp', id, address, revision, to };
}
