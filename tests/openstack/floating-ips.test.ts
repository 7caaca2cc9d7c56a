import { describe, expect } from 'vitest';
import type { OpenstackApi } from '../../src/adapters/openstack/connect.ts';
import { post } from '../support/openstack/networks.ts';
import { type TestProject, test } from '../support/openstack-test.ts';

/** Two ports of a network of the project, and a floating IP that leads to none. */
async function prepare(project: TestProject) {
  const { network } = project.api;
  const subnet = await network.subnet(await project.makeNetwork());
  const ports = [];
  for (const name of ['one', 'two'])
    ports.push(await post(project.api, 'port', { name, network_id: subnet?.network_id }));
  const floating_network_id = await project.external;
  const fip = await network.createFloatingIp({ floating_network_id, description: 'of the test' });
  return { network, one: ports[0]!.id, two: ports[1]!.id, fip, floating_network_id };
}

test('a floating IP is made, leads to a port, to another, to none, and goes', async ({ project }) => {
  const { network, one, two, fip } = await prepare(project);
  expect(await network.floatingIps()).toMatchObject([
    { id: fip.id, description: 'of the test', port_id: null },
  ]);
  const first = await network.associate(fip, one);
  expect(first).toMatchObject({
    port_id: one,
    fixed_ip_address: expect.stringMatching(/^10\.0\.0\./) as string,
  });
  const second = await network.associate(first, two);
  expect(await network.floatingIps({ port_id: two })).toMatchObject([
    { id: fip.id, port_details: { name: 'two' } },
  ]);
  expect(await network.floatingIps({ floating_ip_address: fip.floating_ip_address })).toHaveLength(1);
  const free = await network.associate(second, null);
  expect(free).toMatchObject({ port_id: null, fixed_ip_address: null });
  expect(await network.deleteFloatingIp(fip.id)).toBe(true);
  expect(await network.floatingIp(fip.id)).toBeUndefined();
  expect(await network.deleteFloatingIp(fip.id)).toBe(false);
});

test('one that somebody else has moved meanwhile is not taken away', async ({ project }) => {
  const { network, one, two, fip } = await prepare(project);
  await network.associate(fip, one);
  await expect(network.associate(fip, two)).rejects.toMatchObject({ refusal: 'changed', status: 412 });
  expect((await network.floatingIp(fip.id))?.port_id).toBe(one);
  // It is where it should be: a first answer may have been lost.
  expect(await network.associate(fip, one)).toMatchObject({ port_id: one });
});

test('a port that goes leaves its floating IP, free', async ({ project }) => {
  const { network, one, fip } = await prepare(project);
  await network.associate(fip, one);
  expect(await network.deletePort(one)).toBe(true);
  expect(await network.floatingIp(fip.id)).toMatchObject({ port_id: null });
});

describe('is refused with its reason', () => {
  test('a second one for the same port', async ({ project }) => {
    const { network, one, fip, floating_network_id } = await prepare(project);
    await network.associate(fip, one);
    const other = await network.createFloatingIp({ floating_network_id, description: 'other' });
    await expect(network.associate(other, one)).rejects.toMatchObject({
      refusal: 'changed',
      details: expect.stringContaining('FloatingIPPortAlreadyAssociated') as string,
    });
  });

  test('a port that the outside does not reach', async ({ project }) => {
    const { network, fip } = await prepare(project);
    const inside = await post(project.api, 'network', { name: 'inside' });
    await post(project.api, 'subnet', { network_id: inside.id, ip_version: 4, cidr: '10.9.0.0/24' });
    const port = await post(project.api, 'port', { network_id: inside.id });
    await expect(network.associate(fip, port.id)).rejects.toMatchObject({
      refusal: 'missing',
      details: expect.stringContaining('is not reachable from subnet') as string,
    });
  });

  test('a certain address, which is for administrators alone', async ({ project }) => {
    const wanted = { floating_network_id: await project.external, floating_ip_address: '203.0.113.250' };
    const error = await project.api.network
      .createFloatingIp({ ...wanted, description: '' })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      refusal: 'forbidden',
      what: expect.stringMatching(/your roles in the project are .*load-balancer_member/) as string,
    });
  });

  test('more than the quota allows', async ({ project, openstack }) => {
    await setQuota(openstack.admin, project.id, { floatingip: 1 });
    const { network, floating_network_id } = await prepare(project);
    expect(await network.quota()).toMatchObject({ floatingip: { limit: 1, used: 1 } });
    const more = network.createFloatingIp({ floating_network_id, description: 'more' });
    await expect(more).rejects.toMatchObject({ refusal: 'quota', status: 409 });
  });
});

async function setQuota(admin: OpenstackApi, project: string, quota: object): Promise<void> {
  const call = { service: 'network', method: 'PUT', path: `/quotas/${project}`, subject: 'quota' } as const;
  await admin.session.call({ ...call, body: { quota } });
}
