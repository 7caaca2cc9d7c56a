import { nowOf } from '../../kubernetes/age.ts';
import type { BalancersInCluster, ClusterName } from '../../../plan/kubernetes/balancers/observed.ts';
import type { ClusterContext } from '../context.ts';
import { cloudController, clusterNodes } from './controller.ts';
import { allRemembered } from './remembered.ts';
import { balancedServices } from './services.ts';

/** Services, nodes and the cloud controller of the cluster; nothing of the cloud. */
export async function balancersInCluster({
  api: open,
  environment,
  namespace,
}: Pick<ClusterContext, 'api' | 'environment' | 'namespace'>): Promise<BalancersInCluster> {
  const api = await open();
  const [services, found, { nodes, clusterName }, namespaces, noted] = await Promise.all([
    balancedServices(api),
    cloudController(api),
    clusterNodes(api),
    api.listMetadata({ apiVersion: 'v1', kind: 'Namespace' }),
    allRemembered(api, { namespace }),
  ]);
  const names: readonly (readonly [ClusterName['from'], string | undefined])[] = [
    ['file', environment.openstack?.clusterName],
    ['controller', found?.clusterName],
    ['nodes', clusterName],
  ];
  return {
    now: new Date(nowOf(api)).toISOString(),
    services,
    nodes,
    namespaces: namespaces.map(({ metadata }) => metadata.name),
    clusterName: names.flatMap(([from, name]) => (name === undefined ? [] : [{ from, name }]))[0],
    controller: found?.controller,
    noted: noted.map(({ floatingIp, ...service }) => ({ service, address: floatingIp.address })),
  };
}
