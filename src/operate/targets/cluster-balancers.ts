import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import { namedWay } from '../../plan/kubernetes/balancers/parts.ts';
import type {
  BalancersInCloud,
  BalancersObserved,
  ObservedBalancer,
} from '../../plan/kubernetes/balancers/observed.ts';
import { mayConcern, together } from '../../plan/kubernetes/balancers/together.ts';
import type { ClusterHost } from './cluster-host.ts';

/** What the cloud alone says, also where nobody gets to the cluster: of that no more than names is known then. */
export async function observeCloudAlone(
  environment: Environment,
  host: Pick<ClusterHost, 'balancersInCluster' | 'balancersInCloud'>,
): Promise<BalancersInCloud & { readonly now: string }> {
  try {
    return await observeBalancers(host);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const cloud = await host.balancersInCloud(isNamed, environment);
    return { ...cloud, now: new Date().toISOString() };
  }
}

function isNamed(balancer: ObservedBalancer, environment: Environment): boolean {
  return namedWay(balancer, environment) !== undefined;
}

/**
 * The ways in, as the cluster and its cloud have them.
 *
 * @throws UserError where the file names no cloud, or one of the two cannot be asked.
 */
export async function observeBalancers(
  host: Pick<ClusterHost, 'balancersInCluster' | 'balancersInCloud'>,
): Promise<BalancersObserved> {
  const cluster = await host.balancersInCluster();
  const cloud = await host.balancersInCloud(mayConcern, cluster);
  return together(cluster, cloud);
}
