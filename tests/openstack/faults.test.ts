import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { OpenstackError } from '../../src/adapters/openstack/explain.ts';
import { type Fault, type FaultProxy, type Refusal, startFaultProxy } from '../support/fault-proxy.ts';
import { urlOf } from '../support/openstack/config.ts';
import { createLoadBalancer, waitForStatus } from '../support/openstack/load-balancers.ts';
import { type TestProject, test } from '../support/openstack-test.ts';

/** As the services put it. */
function refuse(status: Refusal): object {
  const message = {
    401: 'The request you have made requires authentication.',
    409: 'Invalid state PENDING_UPDATE of loadbalancer resource x',
    429: 'Too many requests',
    500: 'Request Failed: internal server error while processing your request.',
    503: 'Project busy.  Unable to lock the project.  Please try again.',
  }[status];
  return { faultcode: 'Server', faultstring: `${message} (made up by the test)`, debuginfo: null };
}

const faults: Readonly<Record<'keystone' | 'neutron' | 'octavia', readonly Fault[]>> = {
  keystone: [429, 500, 503, 'reset', 'lost', 'hang'],
  neutron: [401, 429, 500, 503, 'reset', 'lost', 'hang'],
  octavia: [401, 409, 429, 500, 503, 'reset', 'lost', 'hang'],
};

/** As somebody who runs a command again: until it is known whether it was done. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times++) {
    try {
      return await work();
    } catch (error) {
      const { refusal = 'other' } = error instanceof OpenstackError ? error : {};
      if (times === 10 || !['unknown', 'busy'].includes(refusal)) throw error;
      await sleep(200);
    }
  }
}

for (const seed of [1, 2, 3])
  test(`one request of five goes wrong, and all is done (seed ${seed})`, async ({ project }) => {
    const proxies = await startProxies(project, seed);
    try {
      const api = await project.connect(
        {
          auth: { ...project.entry.auth, auth_url: `${proxies.keystone.url}/v3` },
          network_endpoint_override: proxies.neutron.url,
          load_balancer_endpoint_override: proxies.octavia.url,
        },
        { patience: { attemptSeconds: 3, mostAttempts: 20 } },
      );
      const subnet = await project.makeNetwork();
      const { id, vip_port_id } = await again(async () => {
        const [made] = await api.loadBalancers.list({ name: 'one' });
        return made ?? createLoadBalancer(api, { name: 'one', subnet, ports: [80, 443] });
      });
      await waitForStatus(api, id, 'ACTIVE', 100);

      const wanted = { floating_network_id: await project.external, description: 'of the test' };
      const made = await again(() => api.network.createFloatingIp(wanted));
      const there = await api.network.associate(made, vip_port_id);
      expect(there.port_id).toBe(vip_port_id);
      expect((await api.loadBalancers.statusTree(id))?.listeners).toHaveLength(2);
      expect(await api.network.associate(there, null)).toMatchObject({ port_id: null });
      await api.network.deleteFloatingIp(made.id);

      expect(await api.loadBalancers.delete(id, { whileBusy: true })).toBe(true);
      await waitForStatus(api, id, 'gone', 100);
      // Nothing is left, and nothing was made twice.
      expect(await project.api.loadBalancers.list()).toEqual([]);
      expect(await project.api.network.floatingIps()).toEqual([]);
      expect(await project.api.network.ports({ device_owner: 'Octavia' })).toEqual([]);
      const happened = Object.values(proxies).flatMap((proxy) => [...proxy.happened.values()]);
      expect(happened.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    } finally {
      for (const proxy of Object.values(proxies)) await proxy.stop();
    }
  });

async function startProxies(
  { cloud }: TestProject,
  seed: number,
): Promise<Record<'keystone' | 'neutron' | 'octavia', FaultProxy>> {
  const { ports } = cloud.address;
  const start = (service: keyof typeof faults, index: number): Promise<FaultProxy> => {
    const server = urlOf(ports, service).replace(/\/v3$/, '');
    return startFaultProxy({ server, seed: seed * 10 + index, faults: faults[service], refuse });
  };
  return {
    keystone: await start('keystone', 0),
    neutron: await start('neutron', 1),
    octavia: await start('octavia', 2),
  };
}
