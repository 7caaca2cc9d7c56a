import type { Environment } from '../../../config/schema/environment.ts';
import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import type { Note, Plan, Step } from '../../plan.ts';
import type { ClusterAction, GoneInCloud } from '../actions.ts';
import { madeFor } from '../balancers/names.ts';
import type {
  BalancedService,
  BalancersObserved,
  ObservedBalancer,
  ObservedFloatingIp,
} from '../balancers/observed.ts';
import { addressesInFile } from '../balancers/parts.ts';
import { together } from '../balancers/together.ts';
import { sharedWith, whose } from '../balancers/whose.ts';
import { releaseKey } from '../releases.ts';
import type { LookedAtAddresses } from './in-deploy.ts';
import { keepSteps } from './plan-address.ts';
import { seenWay } from './seen.ts';
import { type Way, waysOf } from './ways.ts';

type ClusterStep = Step<ClusterAction>;

/**
 * A destroy that first has the cloud controller leave the floating IPs of the file to the project, and at its end proves by
 * the cloud that no load balancer, no port of one and no floating IP that was made for it is left.
 */
export function withProofByCloud(
  plan: Plan<ClusterAction>,
  environment: Environment,
  { observed, notSeen }: LookedAtAddresses,
): Plan<ClusterAction> {
  const { cluster, cloud } = observed;
  if (cloud === undefined) {
    if (plan.steps.length === 0) return plan;
    const text = `whether a load balancer is left in the cloud will not be proved. ${notSeen?.why ?? ''}`;
    return { ...plan, notes: [...plan.notes, { severity: 'warning', text }] };
  }
  const both = together(cluster, cloud);
  const going = goingParts(plan, environment);
  const balancers = cloud.loadBalancers.filter((one) => goes(one, both, going));
  const ways = going.ways.map((way) => seenWay(way, observed));
  const kept = ways.flatMap(({ way }) =>
    cloud.floatingIps.filter(({ address }) => address === way.floatingIp),
  );
  const first = ways.flatMap((seen) => {
    const { way, floatingIp } = seen;
    return floatingIp !== undefined && floatingIp.address === way.floatingIp
      ? keepSteps(seen, floatingIp, [])
      : [];
  });
  const made = madeThere(going, both, { environment, balancers });
  const proof: GoneInCloud = {
    balancers: balancers.map(({ id, name }) => ({ id, name })),
    ports: balancers.map(({ vip }) => vip.portId),
    floatingIps: made.going.map(({ id, address }) => ({ id, address })),
    kept: kept.map(({ address }) => address),
  };
  const steps = withProof(plan.steps, proof);
  const ids = first.map(({ id }) => id);
  return {
    ...plan,
    steps: [...first, ...steps.map((step) => ({ ...step, needs: [...step.needs, ...ids] }))],
    notes: [...plan.notes, ...keptNotes(kept), ...leftNotes(made.staying, environment)],
  };
}

/**
 * Floating IPs that the controller has made for Services there, and that the file does not name. It deletes each with its
 * Service, unless that tells it to keep it, or went without its hearing of it.
 */
function madeThere(
  parts: GoingParts,
  { floatingIps, services, clusterName }: BalancersObserved,
  { environment, balancers }: { environment: Environment; balancers: readonly ObservedBalancer[] },
): Readonly<Record<'going' | 'staying', readonly ObservedFloatingIp[]>> {
  const named = addressesInFile(environment);
  const made = floatingIps.flatMap((floatingIp) => {
    const of = madeFor(floatingIp, clusterName?.name);
    if (of === undefined || named.includes(floatingIp.address)) return [];
    const service = services.find(({ namespace, name }) => namespace === of.namespace && name === of.name);
    if (!isOfThese(of, service, parts)) return [];
    const { portId } = floatingIp;
    // Clusters of one name have the same said on theirs.
    if (portId !== undefined && !balancers.some(({ vip }) => vip.portId === portId)) return [];
    const withService =
      service !== undefined &&
      portId !== undefined &&
      service.annotations[serviceAnnotations.keepFloatingIp] !== 'true';
    return [{ floatingIp, withService }];
  });
  const those = (going: boolean): readonly ObservedFloatingIp[] =>
    made.filter(({ withService }) => withService === going).map(({ floatingIp }) => floatingIp);
  return { going: those(true), staying: those(false) };
}

/** What goes: the environment's, and what the cluster shares if that goes too. */
interface GoingParts {
  /** Keys of releases. */
  readonly releases: ReadonlySet<string>;
  /** Namespaces that are deleted with all that is in them. */
  readonly whole: ReadonlySet<string>;
  readonly ways: readonly Way[];
}

function goingParts(plan: Plan<ClusterAction>, environment: Environment): GoingParts {
  const { namespace = '', release = '' } = environment.kubernetes ?? {};
  const releases = [{ name: release, namespace }];
  const whole = new Set<string>();
  for (const { action } of plan.steps) {
    if (action.kind === 'uninstallRelease') releases.push(action);
    if (action.kind === 'removeStack') whole.add(action.namespace);
  }
  const namespaces = new Set([...releases.map((one) => one.namespace), ...whole]);
  return {
    releases: new Set(releases.map(releaseKey)),
    whole,
    ways: waysOf(environment).filter((way) => namespaces.has(way.namespace)),
  };
}

/** Namespaces stay for the homes: what others run in them stays too. Of a Service that is no more its name tells. */
function isOfThese(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  service: BalancedService | undefined,
  { whole, releases, ways }: GoingParts,
): boolean {
  if (whole.has(namespace)) return true;
  if (service !== undefined)
    return service.release !== undefined && releases.has(releaseKey(service.release));
  return ways.some((way) => way.namespace === namespace && way.service === name);
}

/** Made for a Service that goes, and nobody else's. */
function goes(balancer: ObservedBalancer, observed: BalancersObserved, parts: GoingParts): boolean {
  const of = whose(balancer, observed);
  if (of.kind === 'other' || sharedWith(balancer).length > 0) return false;
  if (of.kind === 'service') return isOfThese(of.service, of.service, parts);
  // Without members nothing but its name says that it was ours; one that goes already is waited for all the same.
  const isProven = of.by === 'members' || balancer.provisioning === 'PENDING_DELETE';
  return isProven && isOfThese(of, undefined, parts);
}

function withProof(steps: readonly ClusterStep[], cloud: GoneInCloud): readonly ClusterStep[] {
  const proof = steps.find(({ action }) => action.kind === 'proveGone');
  if (proof === undefined && cloud.balancers.length === 0) return steps;
  const found: ClusterStep = proof ?? {
    id: 'proof',
    title: 'Look whether anything is left',
    reason: 'the cloud still has a load balancer of it',
    needs: steps.map(({ id }) => id),
    action: { kind: 'proveGone', objects: [], releases: [] },
  };
  const action = { ...found.action, cloud } as ClusterAction;
  return [...steps.filter((step) => step !== proof), { ...found, action }];
}

/** Whether somebody counts on them nobody can tell: once given back they may be somebody else's in a minute. */
function leftNotes(left: readonly ObservedFloatingIp[], { name }: Environment): Note[] {
  return left.map(({ address }) => ({
    severity: 'warning',
    text: `floating IP ${address}, which the cloud controller made, will be left and cost money: the file does not name it, and with its Service it does not go; \`hubwright doctor ${name} --only balancer-leftovers\` says how it is given back afterwards`,
  }));
}

function keptNotes(kept: readonly { readonly address: string }[]): Note[] {
  return kept.map(({ address }) => ({
    severity: 'info',
    text: `floating IP ${address} stays with the project`,
  }));
}
