import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import { disagreementsOf } from '../../plan/kubernetes/addresses/disagreements.ts';
import { type LookedAtAddresses, saysFloatingIp } from '../../plan/kubernetes/addresses/in-deploy.ts';
import { type AddressIntent, planAttach, planRelease } from '../../plan/kubernetes/addresses/plan-address.ts';
import {
  type AddressesReport,
  addressesReport,
  namesReport,
} from '../../plan/kubernetes/addresses/report.ts';
import { seenWay, seenWays } from '../../plan/kubernetes/addresses/seen.ts';
import { waysOf } from '../../plan/kubernetes/addresses/ways.ts';
import type { BalancersInCloud, BalancersInCluster } from '../../plan/kubernetes/balancers/observed.ts';
import { mayConcern } from '../../plan/kubernetes/balancers/together.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TargetStatus } from '../target.ts';
import type { ClusterHost } from './cluster-host.ts';

/** The ways in with what people know of them: DNS too. */
export async function reportAddresses(environment: Environment, host: ClusterHost): Promise<AddressesReport> {
  const domains = waysOf(environment).flatMap(({ domain, resolvers }) =>
    domain === undefined ? [] : [{ domain, resolvers }],
  );
  const [looked, answers] = await Promise.all([
    orWhyNot(() => lookAtAddresses(environment, host)),
    Promise.all(
      domains.map(async ({ domain, resolvers }) => [domain, await host.askDns(domain, resolvers)] as const),
    ),
  ]);
  const dns = Object.fromEntries(answers);
  if (looked instanceof UserError) {
    // Where a name should lead the file has to say then.
    const judged = waysOf(environment).some(({ domain, floatingIp }) => domain && floatingIp);
    if (!judged) throw looked;
    const why = `The cluster could not be looked at: ${looked.what} ${looked.fix}`;
    return namesReport(environment, dns, { why, failed: true });
  }
  const { observed, notSeen } = looked;
  const whole = { ...observed, dns };
  return addressesReport(environment, whole, notSeen === undefined ? [] : [notSeen]);
}

async function orWhyNot<Result>(work: () => Promise<Result>): Promise<Result | UserError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Looks at the cluster, and at the cloud as far as it can be looked at. */
export async function lookAtAddresses(
  { name, openstack }: Environment,
  host: ClusterHost,
): Promise<LookedAtAddresses> {
  const cluster = await host.balancersInCluster();
  const observed = { cluster, cloud: undefined, dns: {} };
  if (openstack === undefined) {
    const why = `The file does not say in which cloud ${name} is (\`openstack\`): load balancers and floating IPs were not looked at.`;
    return { observed, notSeen: { why, failed: false } };
  }
  try {
    return { observed: { ...observed, cloud: await inCloud(host, cluster) } };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = `The cloud could not be looked at: ${error.what} ${error.fix}`;
    return { observed, notSeen: { why, failed: true } };
  }
}

/** What `status` tells of floating IPs, where the file has some; DNS is not asked. */
export async function addressStatus(
  environment: Environment,
  host: ClusterHost,
): Promise<Pick<TargetStatus, 'notes' | 'troubles'>> {
  if (!saysFloatingIp(environment)) return { notes: [], troubles: [] };
  const { name } = environment;
  const { observed, notSeen } = await lookAtAddresses(environment, host);
  const found = seenWays(environment, observed)
    // That there is no Service yet, or no address, is told by others.
    .filter(({ service }) => service !== undefined && service.ingress.length > 0)
    .flatMap((seen) => disagreementsOf({ seen, observed, environment: name }));
  return {
    notes: notSeen === undefined ? [] : [`the floating IP was not looked at. ${notSeen.why}`],
    troubles: found.map(({ what }) => ({
      kind: 'address',
      what: what.replace(/\.$/, ''),
      fix: `hubwright addresses ${name}`,
    })),
  };
}

/** What `addresses ENV attach` and `release` would do. @throws UserError where the cloud cannot be asked. */
export async function planAddresses(
  environment: Environment,
  host: ClusterHost,
  { does, way: name }: AddressIntent,
): Promise<Plan<ClusterAction>> {
  const way = waysOf(environment).find((one) => one.name === name);
  if (way === undefined) throw noSuchWay(environment, name);
  const cluster = await host.balancersInCluster();
  const cloud = await inCloud(host, cluster);
  const seen = seenWay(way, { cluster, cloud, dns: {} });
  const wanted = { environment: environment.name, seen, cloud };
  return does === 'attach' ? planAttach(wanted) : planRelease(wanted);
}

function inCloud(host: ClusterHost, cluster: BalancersInCluster): Promise<BalancersInCloud> {
  return host.balancersInCloud(mayConcern, cluster);
}

function noSuchWay({ name, longhorn }: Environment, way: string): UserError {
  return new UserError({
    what:
      way === 'longhorn' && typeof longhorn !== 'object'
        ? `${name} has no Longhorn.`
        : `${name} has no ${way === 'grafana' ? 'Grafana of its own' : way}.`,
    fix: `\`hubwright addresses ${name}\` lists the ways in that it has.`,
    exitCode: 2,
  });
}
