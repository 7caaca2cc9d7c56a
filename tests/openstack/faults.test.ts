import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { OpenstackError } from '../../src/adapters/openstack/explain.ts';
import { startCloudProxies, throughProxies, happened } from '../support/openstack/faults.ts';
import { createLoadBalancer, waitForStatus } from '../support/openstack/load-balancers.ts';
import { test } from '../support/openstack-test.ts';

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

for (const seed of [1, 2])
  test(`one request of five goes wrong, and all is done (seed ${seed})`, async ({ project }) => {
    const proxies = await startCloudProxies(project.cloud.address, { seed });
    try {
      const api = await project.connect(throughProxies(proxies, project.entry.auth), {
        patience: { attemptSeconds: 3, mostAttempts: 20 },
      });
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
      expect(happened(proxies)).toBeGreaterThan(0);
    } finally {
      for (const proxy of Object.values(proxies)) await proxy.stop();
    }
  });
