import { describe, expect } from 'vitest';
import { connectAdmin } from '../support/openstack/bootstrap.ts';
import { createLoadBalancer, waitForStatus } from '../support/openstack/load-balancers.ts';
import { test } from '../support/openstack-test.ts';

test('a load balancer is seen with its tree, and goes with all that belongs to it', async ({ project }) => {
  const { loadBalancers, network } = project.api;
  const subnet = await project.makeNetwork();
  const name = 'kube_service_training_hub_proxy-public';
  const members = ['10.0.0.50', '10.0.0.51'];
  const made = await createLoadBalancer(project.api, {
    name,
    subnet,
    tags: [name],
    ports: [80, 443],
    members,
  });
  await waitForStatus(project.api, made.id, 'ACTIVE');

  expect(await loadBalancers.list({ name })).toHaveLength(1);
  expect(await loadBalancers.list({ tags: [name] })).toHaveLength(1);
  expect(await loadBalancers.list({ tags: [name, 'other'] })).toEqual([]);
  expect(await loadBalancers.list({ name: 'kube_service' })).toEqual([]);
  const tree = await loadBalancers.statusTree(made.id);
  expect(tree?.listeners.map(({ pools }) => pools.map((pool) => pool.members.length))).toEqual([[2], [2]]);
  const listeners = await loadBalancers.listeners(made.id);
  expect(new Set(listeners.map(({ protocol_port }) => protocol_port))).toEqual(new Set([80, 443]));
  const pools = await loadBalancers.pools(made.id);
  expect(pools).toHaveLength(2);
  const found = await loadBalancers.members(pools[0]!.id);
  expect(found.map(({ address }) => address).toSorted()).toEqual(members);
  expect(await network.port(made.vip_port_id)).toMatchObject({
    device_owner: 'Octavia',
    name: `octavia-lb-${made.id}`,
  });

  expect(await loadBalancers.delete(made.id)).toBe(true);
  await waitForStatus(project.api, made.id, 'gone');
  expect(await network.port(made.vip_port_id)).toBeUndefined();
  expect(await loadBalancers.delete(made.id)).toBe(false);
  expect(await loadBalancers.statusTree(made.id)).toBeUndefined();
});

test('only those of the load balancer and the project are seen', async ({ project, openstack }) => {
  const subnet = await project.makeNetwork();
  const one = await createLoadBalancer(project.api, { name: 'one', subnet, ports: [80] });
  const two = await createLoadBalancer(project.api, { name: 'two', subnet, ports: [81] });
  await waitForStatus(project.api, one.id, 'ACTIVE');
  await waitForStatus(project.api, two.id, 'ACTIVE');
  expect((await project.api.loadBalancers.listeners(two.id)).map(({ name }) => name)).toEqual([
    'listener_0_two',
  ]);
  expect((await project.api.loadBalancers.pools(two.id)).map(({ name }) => name)).toEqual(['pool_0_two']);
  const other = await openstack.makeProject();
  expect(await other.api.loadBalancers.list()).toEqual([]);
  await expect(other.api.loadBalancers.get(one.id)).rejects.toMatchObject({ refusal: 'forbidden' });

  // Octavia and Neutron show administrators everything.
  const admin = await connectAdmin(project.cloud.address);
  const description = 'of the project';
  await project.api.network.createFloatingIp({ floating_network_id: await project.external, description });
  expect(await admin.loadBalancers.list()).toEqual([]);
  expect(await admin.network.floatingIps()).toEqual([]);
  admin.close();
});

test('lists are whole, page by page', async ({ project }) => {
  const subnet = await project.makeNetwork();
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await createLoadBalancer(project.api, { name, subnet, tags: ['all', name] });
  const small = await project.connect({}, { pageSize: 2 });
  const found = await small.loadBalancers.list({ tags: ['all'] });
  expect(found.map(({ name }) => name).toSorted()).toEqual(names);
  expect(await small.loadBalancers.list({ name: 'c' })).toHaveLength(1);
  const ports = await small.network.ports({ device_owner: 'Octavia' });
  // Those of the machines behind them are Octavia's own, and yet seen by whose network it is.
  expect(ports.filter(({ project_id }) => project_id === project.id)).toHaveLength(names.length);
  for (const { id } of found) await waitForStatus(project.api, id, 'ACTIVE');
});

describe('a load balancer that may not be changed', () => {
  test('is said to be busy while it is PENDING, or waited for', async ({ project, openstack }) => {
    const { loadBalancers } = project.api;
    const subnet = await project.makeNetwork();
    await openstack.octaviaWorker('pause');
    try {
      const { id } = await createLoadBalancer(project.api, { name: 'stuck', subnet });
      expect((await loadBalancers.get(id))?.provisioning_status).toBe('PENDING_CREATE');
      await expect(loadBalancers.delete(id)).rejects.toMatchObject({ refusal: 'busy', status: 409 });
      const patient = project.api.with({ patience: { mostAttempts: 100 } });
      const deleted = patient.loadBalancers.delete(id, { whileBusy: true });
      await openstack.octaviaWorker('run');
      expect(await deleted).toBe(true);
      await waitForStatus(project.api, id, 'gone');
    } finally {
      await openstack.octaviaWorker('run');
    }
  });

  test('can be deleted in ERROR, and stays PENDING_DELETE while nobody works', async ({
    project,
    openstack,
  }) => {
    const { loadBalancers } = project.api;
    const subnet = await project.makeNetwork();
    const { id } = await createLoadBalancer(project.api, { name: 'broken', subnet, ports: [80] });
    await waitForStatus(project.api, id, 'ACTIVE');
    await openstack.setStatus(id, 'ERROR');
    await openstack.octaviaWorker('pause');
    try {
      expect(await loadBalancers.delete(id)).toBe(true);
      // As after an answer that was lost.
      expect(await loadBalancers.delete(id)).toBe(true);
      expect((await loadBalancers.get(id))?.provisioning_status).toBe('PENDING_DELETE');
    } finally {
      await openstack.octaviaWorker('run');
    }
    await waitForStatus(project.api, id, 'gone');
  });
});

test('a quota that is met says so', async ({ project, openstack }) => {
  const subnet = await project.makeNetwork();
  await openstack.admin.session.call({
    service: 'load-balancer',
    method: 'PUT',
    path: `/lbaas/quotas/${project.id}`,
    subject: 'quota',
    body: { quota: { loadbalancer: 1 } },
  });
  expect(await project.api.loadBalancers.quota()).toMatchObject({ loadbalancer: 1, healthmonitor: -1 });
  const { id } = await createLoadBalancer(project.api, { name: 'one', subnet });
  const error = await createLoadBalancer(project.api, { name: 'two', subnet }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    refusal: 'quota',
    fix: expect.stringContaining('openstack --os-cloud test loadbalancer quota show') as string,
    requestId: expect.stringMatching(/^req-/) as string,
  });
  await waitForStatus(project.api, id, 'ACTIVE');
});
