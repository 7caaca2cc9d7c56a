import type { BalancersObserved } from '../../plan/kubernetes/balancers/observed.ts';
import { mayConcern, together } from '../../plan/kubernetes/balancers/together.ts';
import type { ClusterHost } from './cluster-host.ts';

/**
 * The ways in, as the cluster and its cloud have them.
 *
 * @throws UserError where the file names no cloud, or one of the two cannot be asked.
 */
export async function observeBalancers(
  host: Pick<ClusterHost, 'balancersInCluster' | 'balancersInCloud'>,
): Promise<BalancersObserved> {
  const cluster = await host.balancersInCluster();
  const cloud = await host.balancersInCloud((balancer) => mayConcern(balancer, cluster));
  return together(cluster, cloud);
}
