import { expect } from 'vitest';
import { type Site, test } from '../support/cloud-test.ts';
import { events } from '../support/hubwright.ts';
import {
  type CloudProxies,
  happened,
  startCloudProxies,
  throughProxies,
} from '../support/openstack/faults.ts';
import type { TestCloud } from '../support/openstack-test.ts';
import { type Seat, inSite } from './kit.ts';

interface Faulty extends Seat {
  readonly proxies: CloudProxies;
}

/** As `inSite`, with a cloud of which one request of five goes wrong once `faults` says so. */
async function inFaultySite(
  given: {
    readonly site: Site;
    readonly kubeconfig: string;
    readonly helm?: string;
    readonly openstack: TestCloud;
    readonly seed: number;
  },
  work: (seat: Faulty) => Promise<void>,
): Promise<void> {
  const { site, openstack, seed, ...rest } = given;
  const proxies = await startCloudProxies(openstack.address, { seed, rate: 0 });
  try {
    await inSite({ site, ...rest }, async (seat) => {
      // A service that does not answer is given three seconds.
      const entry = { ...throughProxies(proxies, site.auth), api_timeout: 3 };
      await site.clouds(seat.box.folder, entry);
      await work({ ...seat, proxies });
    });
  } finally {
    for (const proxy of Object.values(proxies)) await proxy.stop();
  }
}

function setRate(proxies: CloudProxies, rate: number): void {
  for (const proxy of Object.values(proxies)) proxy.rate = rate;
}

/** Whatever becomes of it, it ends with a result or with a reason and what to do. */
async function endsWell({ box, env }: Seat, args: readonly string[]): Promise<number | null> {
  const { exitCode, stdout, stderr } = await box.run([...args, '--json'], { env });
  const last = events(stdout).at(-1);
  expect(last?.type, stderr).toBe(exitCode === 0 ? 'result' : 'error');
  if (exitCode !== 0) expect(last?.['fix'], JSON.stringify(last)).toMatch(/\w/);
  return exitCode;
}

/** What is wrong is told, or that it could not be looked at. */
async function showsAll({ box, env }: Seat, address: string): Promise<void> {
  for (let times = 0; times < 3; times++) {
    const { exitCode, stdout } = await box.run(['addresses', 'training', '--json'], { env });
    const last = events(stdout).at(-1);
    expect(last?.type).toBe('result');
    expect(JSON.stringify(last)).toMatch(new RegExp(`The file says ${address}|could not be looked at`));
    expect(exitCode).toBe(1);
  }
}

for (const seed of [1, 2])
  test(
    `addresses and attach end well or with their reason where one request of five goes wrong, and the next one finishes (seed ${seed})`,
    { timeout: 300_000 },
    async ({ site, cluster, openstack }) => {
      await inFaultySite({ site, kubeconfig: cluster.kubeconfig, openstack, seed }, async (seat) => {
        await site.makeService('proxy-public');
        const { id } = await site.balanced('proxy-public');
        const [bystander, fip] = [await site.makeFloatingIp(), await site.makeFloatingIp()];
        await seat.write(fip.address);
        setRate(seat.proxies, 0.2);
        await showsAll(seat, fip.address);
        const attach = ['addresses', 'training', 'attach', '--yes'];
        for (let times = 1; (await endsWell(seat, attach)) !== 0; times++) expect(times).toBeLessThan(6);
        expect(happened(seat.proxies)).toBeGreaterThan(0);
        setRate(seat.proxies, 0);
        const { vip_port_id } = (await site.api.loadBalancers.get(id))!;
        expect(await site.api.network.floatingIp(fip.id)).toMatchObject({ port_id: vip_port_id });
        expect(await site.api.network.floatingIp(bystander.id)).toMatchObject({ port_id: null });
        expect((await site.balanced('proxy-public')).address).toBe(fip.address);
      });
    },
  );

test(
  'a deploy and a destroy end well or with their reason where one request of five goes wrong, and the next one finishes',
  { timeout: 300_000 },
  async ({ site, cluster, openstack, helm3 }) => {
    const given = { site, kubeconfig: cluster.kubeconfig, helm: helm3, openstack, seed: 4 };
    await inFaultySite(given, async (seat) => {
      const [one, two] = [await site.makeFloatingIp(), await site.makeFloatingIp()];
      const deploy = ['deploy', 'training', '--no-verify', '--timeout', '60s'];
      await seat.write(one.address);
      await seat.box.must(deploy, { env: seat.env });
      const { id } = await site.balanced('proxy-public');
      await seat.write(two.address);
      setRate(seat.proxies, 0.2);
      await endsWell(seat, deploy);
      setRate(seat.proxies, 0);
      await seat.box.must(deploy, { env: seat.env });
      const { vip_port_id } = (await site.api.loadBalancers.get(id))!;
      expect(await site.api.network.floatingIp(two.id)).toMatchObject({ port_id: vip_port_id });

      const destroy = ['destroy', 'training', '--yes-destroy', 'training', '--no-save', '--timeout', '30s'];
      setRate(seat.proxies, 0.2);
      await endsWell(seat, destroy);
      expect(happened(seat.proxies)).toBeGreaterThan(0);
      setRate(seat.proxies, 0);
      await seat.box.must(destroy, { env: seat.env });
      expect(await seat.box.must(destroy, { env: seat.env })).toBe('Nothing of training is there.\n');
      expect(await site.api.loadBalancers.get(id)).toBeUndefined();
      expect(await site.api.network.floatingIp(two.id)).toMatchObject({ port_id: null });
    });
  },
);
