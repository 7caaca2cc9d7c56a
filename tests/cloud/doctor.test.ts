import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { OpenstackApi } from '../../src/adapters/openstack/connect.ts';
import { floatingIpDescription } from '../../src/plan/kubernetes/balancers/names.ts';
import { test as base } from '../support/cloud-test.ts';
import { Patient } from '../support/cloud/patient.ts';
import { until } from '../support/cluster.ts';
import { createLoadBalancer, waitForStatus } from '../support/openstack/load-balancers.ts';
import { post } from '../support/openstack/networks.ts';

const test = base.extend<{ readonly patient: Patient }>({
  patient: async ({ site, cluster, helm4 }, use) => {
    const patient = await Patient.in({ site, cluster, helm: helm4 });
    await use(patient);
    await patient.close();
  },
});

/** What is there, without what changes by itself. */
async function everything(api: OpenstackApi): Promise<ReadonlyMap<string, unknown>> {
  const [balancers, floatingIps, ports] = await Promise.all([
    api.loadBalancers.list(),
    api.network.floatingIps(),
    api.network.ports(),
  ]);
  const trees = await Promise.all(balancers.map(({ id }) => api.loadBalancers.statusTree(id)));
  return new Map<string, unknown>([
    ...balancers.map((one, index) => [one.id, [one, trees[index]]] as const),
    ...floatingIps.map((one) => [one.id, one] as const),
    ...ports.map((one) => [one.id, one] as const),
  ]);
}

test(
  'twenty-odd things that go wrong are found and mended, and the neighbours are as they were',
  { timeout: 900_000 },
  async ({ patient, openstack }) => {
    const { site } = patient;
    const { api, namespace, core, clusterName, subnet } = site;
    const [first, second] = [await site.makeFloatingIp(), await site.makeFloatingIp()];
    await patient.install({
      healthy: {},
      'error-made': {},
      'error-named': { loadBalancerIP: first.address },
      stale: { loadBalancerIP: second.address },
      'stale-named': {},
      twin: {},
      spare: {},
      ports: {},
      gone: {},
      listener: { ports: [80, 443] },
      timeouts: {},
      terminating: {},
      missing: {},
      renamed: {},
      foreign: {},
      pending: {},
    });
    expect(await patient.findings()).toEqual([]);

    // Neighbours: a cluster of the same name, one of another name, people.
    const theirs = ['10.0.0.250'];
    const neighbour = (name: string, more: object = {}) =>
      createLoadBalancer(api, { name, subnet, tags: [name], ports: [80], members: theirs, ...more });
    const namesake = await neighbour(`kube_service_${clusterName}_course_proxy-public`);
    const other = await neighbour(`kube_service_other_${namespace}_proxy-public`);
    const sick = await neighbour('kube_service_other_hub_sick');
    const campus = await neighbour('campus-entrance', { tags: [] });
    for (const { id } of [namesake, other, sick, campus]) await waitForStatus(api, id, 'ACTIVE');
    await openstack.setStatus(sick.id, 'ERROR');
    await site.makeFloatingIp('printer');
    await site.makeFloatingIp(floatingIpDescription('other', { namespace, name: 'web' }));
    const neighbours = new Map(
      [...(await everything(api))].filter(([id]) => id !== second.id && id !== first.id),
    );

    // One after the other.
    const nodes = (await patient.members((await patient.balancer('healthy')).id)).map(
      ({ address }) => address,
    );
    const named = (await core.listNode()).items.map(({ metadata }) => metadata?.name ?? '');
    const addressOf = async (name: string) => (await site.balanced(name)).address;
    const kept = {
      'error-made': await addressOf('error-made'),
      'error-named': first.address,
      stale: second.address,
      'stale-named': await addressOf('stale-named'),
      twin: await addressOf('twin'),
      terminating: await addressOf('terminating'),
    };
    const made = async (service: string, tags?: readonly string[]) => {
      const name = patient.nameOf(service);
      const { id } = await createLoadBalancer(api, { name, subnet, tags: tags ?? [name], ports: [80] });
      await waitForStatus(api, id, 'ACTIVE');
      const [pool] = await api.loadBalancers.pools(id);
      const members = [{ name: named[0], address: nodes[0], protocol_port: 30_000, subnet_id: subnet }];
      await patient.change('PUT', `pools/${pool!.id}/members`, { members });
      await waitForStatus(api, id, 'ACTIVE');
      return id;
    };
    const changeMembers = async (service: string, member: object) => {
      const { id } = await patient.balancer(service);
      const [pool] = await api.loadBalancers.pools(id);
      const now = (await api.loadBalancers.members(pool!.id)).map(({ name, address, protocol_port }) => ({
        name,
        address,
        protocol_port,
        subnet_id: subnet,
      }));
      await setMembers(id, pool!.id, [...now.slice(1), { ...now[0], ...member }]);
    };
    const setMembers = async (id: string, pool: string, members: readonly object[]) => {
      await patient.change('PUT', `pools/${pool}/members`, { members });
      await waitForStatus(api, id, 'ACTIVE');
    };

    // While the controller is away: a Service that hangs, and one that is not there.
    await core.deleteNamespacedService({ name: 'missing', namespace });
    await until('missing is gone', async () => !(await site.service('missing').catch(() => undefined)));
    site.controller.pause();
    const hanging = await patient.balancer('terminating');
    await core.deleteNamespacedService({ name: 'terminating', namespace });
    expect((await patient.findings({ only: ['service-terminating'] })).map(({ subject }) => subject)).toEqual(
      [`Service ${namespace}/terminating`],
    );
    await patient.fix({ only: ['service-terminating'] });
    expect(await api.loadBalancers.get(hanging.id)).toBeUndefined();
    await expect(site.service('terminating')).rejects.toThrow('not found');
    const taken = await neighbour(`kube_service_another_${namespace}_foreign`);
    await waitForStatus(api, taken.id, 'ACTIVE');
    const own = (await patient.balancer('foreign')).id;
    await patient.setBalancerId('foreign', taken.id);
    const later = await patient.findings({ only: ['balancer-foreign', 'balancer-twin'] });
    expect(later.filter(({ subject }) => subject.endsWith('/foreign'))).toMatchObject([
      { id: 'balancer-foreign', repair: [{ action: { kind: 'setBalancerId', to: own } }, {}, {}] },
    ]);
    // Before the controller takes it.
    await patient.setBalancerId('foreign', undefined);
    await patient.controllerLooks();

    await openstack.setStatus((await patient.balancer('error-made')).id, 'ERROR');
    await openstack.setStatus((await patient.balancer('error-named')).id, 'ERROR');
    await api.loadBalancers.delete((await patient.balancer('stale')).id);
    await patient.setBalancerId('stale-named', randomUUID());
    await made('twin');
    await patient.setBalancerId('twin', undefined);
    const spare = await made('spare');
    await changeMembers('ports', { protocol_port: 29_999 });
    await changeMembers('gone', { name: 'old-node', address: '10.0.0.77' });
    const listener = (await patient.balancer('listener')).id;
    const [plain, secure] = await api.loadBalancers.listeners(listener);
    await setMembers(listener, plain!.default_pool_id!, []);
    await patient.change('DELETE', `listeners/${secure!.id}`);
    // As if the node had been made anew.
    await changeMembers('timeouts', { address: '10.0.0.78' });
    const [slow] = await api.loadBalancers.listeners((await patient.balancer('timeouts')).id);
    await patient.change('PUT', `listeners/${slow!.id}`, { listener: { timeout_client_data: 50_000 } });
    const old = (await patient.balancer('renamed')).id;
    await patient.change('PUT', `loadbalancers/${old}`, {
      loadbalancer: { name: `kube_service_former_${namespace}_renamed`, tags: [] },
    });
    const orphans = [await made('nobody'), await made('nowhere')];
    const elsewhere = `kube_service_${clusterName}_gone-namespace_web`;
    await patient.change('PUT', `loadbalancers/${orphans[1]}`, {
      loadbalancer: { name: elsewhere, tags: [elsewhere] },
    });
    const doubtful = await neighbour(patient.nameOf('doubtful'));
    await waitForStatus(api, doubtful.id, 'ACTIVE');
    const leavePort = async (port: object) => {
      const network_id = (await api.loadBalancers.get(spare))!.vip_network_id;
      return post(api, 'port', { network_id, ...port });
    };
    const left = await leavePort({
      name: 'octavia-lb-left',
      device_owner: 'Octavia',
      device_id: `lb-${randomUUID()}`,
    });
    const leftByOvn = await leavePort({ name: `ovn-lb-vip-${randomUUID()}` });
    const labs = await leavePort({ name: 'ovn-lb-vip-lab' });
    const unused = await site.makeFloatingIp(
      floatingIpDescription(clusterName, { namespace, name: 'nobody' }),
    );
    // What is asked of Octavia above it does one after the other.
    await until('nothing is being changed', async () => {
      const all = await api.loadBalancers.list();
      return all.every((one) => !one.provisioning_status.startsWith('PENDING'));
    });
    const hung = (await patient.balancer('pending')).id;
    await openstack.setStatus(hung, 'PENDING_UPDATE');

    const found = await patient.findings();
    const brief = found.map(
      ({ id, subject, repair }) => `${id} ${subject.split('/').at(-1)}${repair ? '' : ' (told)'}`,
    );
    expect(brief.toSorted()).toEqual(
      [
        'balancer-error error-made',
        'balancer-error error-named',
        'balancer-stale-id stale',
        'balancer-stale-id stale-named',
        'balancer-twin twin',
        'balancer-twin spare',
        'balancer-members ports',
        'balancer-members gone',
        'balancer-members listener',
        'balancer-members timeouts',
        'balancer-listeners listener',
        'balancer-timeouts timeouts',
        'balancer-foreign renamed',
        'balancer-pending pending (told)',
        'service-missing missing',
        'service-missing terminating',
        ...orphans.map((id) => `balancer-orphan load balancer ${id}`),
        `balancer-orphan load balancer ${doubtful.id} (told)`,
        `balancer-orphan load balancer ${namesake.id} (told)`,
        `balancer-leftovers port ${left.id}`,
        `balancer-leftovers port ${leftByOvn.id}`,
        `balancer-leftovers floating IP ${unused.address}`,
      ].toSorted(),
    );
    expect(found.find(({ id }) => id === 'balancer-pending')?.message).toContain(
      `Load balancer ${hung} (${patient.nameOf('pending')}) in project`,
    );

    await patient.mend();
    await until(
      'it has its new name',
      async () => (await patient.balancer('renamed')).name === patient.nameOf('renamed'),
    );

    // What could not be mended is told again, and nothing else.
    await openstack.setStatus(hung, 'ACTIVE');
    const after = await patient.findings();
    expect(after.map(({ id, repair }) => [id, repair])).toEqual([
      ['balancer-orphan', undefined],
      ['balancer-orphan', undefined],
    ]);
    for (const [name, address] of Object.entries(kept))
      expect([name, await addressOf(name)]).toEqual([name, address]);
    const now = await everything(api);
    for (const id of [namesake.id, other.id, sick.id, campus.id])
      expect(now.get(id)).toEqual(neighbours.get(id));
    for (const fip of await api.network.floatingIps()) {
      if (fip.description === 'printer' || fip.description.endsWith('cluster other'))
        expect(fip).toEqual(neighbours.get(fip.id));
    }
    for (const id of [...orphans, left.id, leftByOvn.id, unused.id, spare]) expect(now.has(id)).toBe(false);
    for (const id of [doubtful.id, labs.id]) expect(now.has(id)).toBe(true);
  },
);

test(
  'what the cloud has no room for is told as that, and goes on once it has room',
  { timeout: 300_000 },
  async ({ patient, openstack, project }) => {
    const { site } = patient;
    const told = async () =>
      (await patient.findings()).map(({ id, subject, repair }) => [
        id,
        subject.split('/').at(-1),
        repair !== undefined,
      ]);
    const setQuota = (service: 'load-balancer' | 'network', quota: object) =>
      openstack.admin.session.call({
        service,
        method: 'PUT',
        path: `${service === 'network' ? '' : '/lbaas'}/quotas/${project.id}`,
        body: { quota },
        subject: 'the quota',
      });
    const warned = (name: string) =>
      until(`the cloud has refused ${name}`, async () => {
        const { items } = await site.core.listNamespacedEvent({ namespace: site.namespace });
        return items.some(
          ({ involvedObject, message = '' }) => involvedObject.name === name && /quota/i.test(message),
        );
      });
    await patient.install({ first: {} });
    expect(await told()).toEqual([]);

    await setQuota('load-balancer', { loadbalancer: 1 });
    await patient.upgrade({ first: {}, second: {} });
    await warned('second');
    expect(await told()).toEqual([['service-pending', 'second', false]]);
    expect((await patient.fix())[0]?.fix).toContain('loadbalancer quota show');
    await setQuota('network', { floatingip: 1 });
    await setQuota('load-balancer', { loadbalancer: -1 });
    const fixes = async () => (await patient.findings()).map(({ fix }) => fix).join();
    const noRoom = async () => (await fixes()).includes('no room for another floating IP');
    await until('it has a load balancer and no address', noRoom);
    expect(await told()).toEqual([['balancer-unadopted', 'second', false]]);
    await setQuota('network', { floatingip: -1 });
    await site.balanced('second');
    expect(await told()).toEqual([]);
  },
);
