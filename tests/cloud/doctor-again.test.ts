import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { test } from '../support/cloud-test.ts';
import { until } from '../support/cluster.ts';
import { Patient } from '../support/cloud/patient.ts';
import { startCloudProxies, throughProxies, happened } from '../support/openstack/faults.ts';
import type { TestCloud } from '../support/openstack-test.ts';

/** One whose address the controller made, one whose address is the file's, one that names a load balancer that is gone. */
async function fallIll(patient: Patient, openstack: TestCloud) {
  const { site } = patient;
  const named = await site.makeFloatingIp();
  await patient.install({ made: {}, named: { loadBalancerIP: named.address }, healthy: {}, stale: {} });
  const addresses = await addressesOf(patient);
  const healthy = await patient.balancer('healthy');
  await openstack.setStatus((await patient.balancer('made')).id, 'ERROR');
  await openstack.setStatus((await patient.balancer('named')).id, 'ERROR');
  await patient.setBalancerId('stale', randomUUID());
  return { addresses, healthy, named };
}

async function addressesOf({ site }: Patient): Promise<Record<string, string>> {
  const names = ['made', 'named', 'healthy', 'stale'];
  const found = names.map(async (name) => [name, (await site.balanced(name)).address] as const);
  return Object.fromEntries(await Promise.all(found));
}

/** All as it was, nothing is left, and Helm's next upgrade takes the Services for its own. */
async function isWell(patient: Patient, before: Awaited<ReturnType<typeof fallIll>>): Promise<void> {
  const { site } = patient;
  expect(await patient.findings()).toEqual([]);
  expect(await addressesOf(patient)).toEqual(before.addresses);
  expect(await patient.balancer('healthy')).toEqual(before.healthy);
  expect(await site.api.loadBalancers.list()).toHaveLength(4);
  expect(await site.api.network.floatingIps()).toHaveLength(4);
  const other = await site.makeFloatingIp();
  const annotations = { 'loadbalancer.openstack.org/timeout-client-data': '7200000' };
  await patient.upgrade({ made: { loadBalancerIP: other.address, annotations, ports: [80, 443] } });
  const { spec, metadata } = await site.service('made');
  expect(spec?.loadBalancerIP).toBe(other.address);
  expect(spec?.ports?.map(({ port }) => port)).toEqual([80, 443]);
  expect(metadata?.annotations).toMatchObject(annotations);
  await until('named is gone', async () => !(await site.service('named').catch(() => undefined)));
}

test(
  'doctor --fix that is cut off goes on when it is run again, wherever that was',
  { timeout: 600_000 },
  async ({ site, cluster, openstack, helm4 }) => {
    const patient = await Patient.in({ site, cluster, helm: helm4 });
    try {
      const before = await fallIll(patient, openstack);
      let cuts = 0;
      for (let milliseconds = 300; ; milliseconds *= 1.25) {
        const end = new AbortController();
        const { signal } = end;
        const timer = setTimeout(() => end.abort(new UserError({ what: 'cut', fix: 'x' })), milliseconds);
        const guard = { signal, check: () => signal.throwIfAborted() };
        const found = await patient.fix({ guard }).catch(() => undefined);
        clearTimeout(timer);
        if (found?.length === 0) break;
        if (found === undefined) cuts += 1;
        expect(milliseconds).toBeLessThan(60_000);
      }
      expect(cuts).toBeGreaterThan(2);
      await isWell(patient, before);
    } finally {
      await patient.close();
    }
  },
);

test(
  'doctor --fix ends well, or says why, where one request of five goes wrong, and finishes when it is run again',
  { timeout: 300_000 },
  async ({ site, cluster, openstack, helm3 }) => {
    const patient = await Patient.in({ site, cluster, helm: helm3 });
    const proxies = await startCloudProxies(openstack.address, { seed: 1 });
    try {
      const before = await fallIll(patient, openstack);
      await patient.goThrough({ ...throughProxies(proxies, site.auth), api_timeout: 3 });
      for (let runs = 1; ; runs++) {
        const found = await patient.fix().catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
          expect(error.fix).toMatch(/\w/);
          return undefined;
        });
        if (found?.length === 0) break;
        expect(runs).toBeLessThan(10);
      }
      expect(happened(proxies)).toBeGreaterThan(3);
      await patient.goThrough({});
      await isWell(patient, before);
    } finally {
      for (const proxy of Object.values(proxies)) await proxy.stop();
      await patient.close();
    }
  },
);
