import { expect } from 'vitest';
import { test } from '../support/cloud-test.ts';
import { until } from '../support/cluster.ts';

test('a Service gets a load balancer with the nodes, the floating IP that it asks for, and gives both back', async ({
  site,
}) => {
  const { api, core, namespace } = site;
  const fip = await site.makeFloatingIp();
  await site.makeService('web', { loadBalancerIP: fip.address });
  const { address, id } = await site.balanced('web');
  expect(address).toBe(fip.address);
  const name = `kube_service_in-${namespace}_${namespace}_web`;
  const balancer = await api.loadBalancers.get(id);
  expect(balancer).toMatchObject({ name, tags: [name], provisioning_status: 'ACTIVE' });
  const [pool] = await api.loadBalancers.pools(id);
  const members = await api.loadBalancers.members(pool!.id);
  const { items } = await core.listNode();
  expect(members.map((one) => one.name).toSorted()).toEqual(
    items.map((one) => one.metadata?.name ?? '').toSorted(),
  );

  await core.deleteNamespacedService({ name: 'web', namespace });
  await until('the Service is gone', async () => !(await site.service('web').catch(() => undefined)));
  expect(await api.loadBalancers.get(id)).toBeUndefined();
  expect(await api.network.floatingIp(fip.id)).toMatchObject({ port_id: null });
});

test('a floating IP that it made itself goes with the Service, and one with the id of none stays without', async ({
  site,
}) => {
  const { api, core, namespace } = site;
  await site.makeService('web');
  const { address, id } = await site.balanced('web');
  expect(await api.network.floatingIps({ floating_ip_address: address })).toMatchObject([
    {
      description: `Floating IP for Kubernetes external service ${namespace}/web from cluster in-${namespace}`,
    },
  ]);
  site.controller.pause();
  await api.loadBalancers.delete(id);
  await until('the load balancer is gone', async () => !(await api.loadBalancers.get(id)));
  await site.controller.run();
  await until('the controller says why', async () => {
    const { items } = await core.listNamespacedEvent({ namespace });
    return items.some(({ message }) => message?.includes(`failed to get load balancer ${id}`) === true);
  });
});
