import { oldName, parseName } from './names.ts';
import type {
  BalancersInCloud,
  BalancersInCluster,
  BalancersObserved,
  ClusterName,
  ObservedBalancer,
} from './observed.ts';

/** Whether a load balancer may be the cluster's, so that it is worth reading in full. */
export function mayConcern(
  { id, name, tags }: ObservedBalancer,
  { services, clusterName }: BalancersInCluster,
): boolean {
  const meant = [name, ...tags].flatMap((text) => parseName(text) ?? []);
  return (
    meant.some(({ cluster }) => cluster === clusterName?.name) ||
    services.some(
      (service) =>
        service.balancerId === id ||
        oldName(service) === name ||
        meant.some((one) => one.namespace === service.namespace && one.name === service.name),
    )
  );
}

/** Where nothing in the cluster tells its name, the load balancer of one of its Services does. */
export function together(cluster: BalancersInCluster, cloud: BalancersInCloud): BalancersObserved {
  const ids = new Set(cluster.services.flatMap(({ balancerId }) => balancerId ?? []));
  const [named] = cloud.loadBalancers
    .filter(({ id }) => ids.has(id))
    .flatMap(({ name }) => parseName(name)?.cluster ?? []);
  const clusterName: ClusterName | undefined =
    cluster.clusterName ?? (named === undefined ? undefined : { name: named, from: 'loadBalancer' });
  return { ...cluster, ...cloud, clusterName };
}
