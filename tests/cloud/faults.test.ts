import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Site, test } from '../support/cloud-test.ts';
import { events } from '../support/hubwright.ts';
import {
  type CloudProxies,
  happened,
  startCloudProxies,
  startNovaProxy,
  throughProxies,
} from '../support/openstack/faults.ts';
import type { TestCloud } from '../support/openstack-test.ts';
import { withMachines } from '../cluster/nodes-kit.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { startFakeNova } from '../support/openstack/fake-nova.ts';
import { type Seat, domain, inSite } from './kit.ts';

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

function setRate(proxies: Readonly<Record<string, FaultProxy>>, rate: number): void {
  for (const proxy of Object.values(proxies)) proxy.rate = rate;
}

/** Whatever becomes of it, it ends with a result or with a reason and what to do. */
async function endsWell(
  { box, env }: Pick<Seat, 'box' | 'env'>,
  args: readonly string[],
): Promise<number | null> {
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

/** For machines: what was seen, or why it could not be. */
async function tells({ box, env }: Pick<Seat, 'box' | 'env'>, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await box.run([...args, '--json'], { env });
  const last = events(stdout).at(-1);
  expect(exitCode, stderr).toBeLessThan(2);
  expect(last?.type, JSON.stringify(last) + stderr).toMatch(/^(result|status|error)$/);
  if (last?.type === 'error') expect(last['fix']).toMatch(/\w/);
  return JSON.stringify(last);
}

const publicName = 'hub.example-course.org';

/** A certificate whose conditions nobody could see to hold is not asked for. */
async function asksForNothing(site: Site, seat: Faulty): Promise<void> {
  const { box, env } = seat;
  const { namespace } = site;
  const text = await readFile(join(box.folder, 'hub.yaml'), 'utf8');
  const https = 'https: { letsEncrypt: {} }\n    contactEmail: ops@example-course.org';
  // Of a name that could have one.
  const named = text.replaceAll(domain, publicName);
  await box.write('hub.yaml', named.replace('https: off', https));
  const labels = { app: 'jupyterhub', release: namespace, component: 'autohttps' };
  const containers = [{ name: 'traefik', image: 'example.org/traefik:1' }];
  await site.apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: 'autohttps', labels },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  });
  for (let times = 0; times < 2; times++)
    expect(await tells(seat, ['certificates', 'training'])).toMatch(/is ACTIVE|was not looked at/);
  const issue = ['certificates', 'training', 'issue', '--yes', '--timeout', '3s'];
  expect(await endsWell({ box, env }, issue)).not.toBe(0);
  const { items } = await site.core.listConfigMapForAllNamespaces({
    fieldSelector: `metadata.name=requests-${publicName}`,
  });
  expect(items).toEqual([]);
  await box.write('hub.yaml', text);
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
        for (let times = 1; (await endsWell(seat, attach)) !== 0; times++) expect(times).toBeLessThan(12);
        if (seed === 1) await asksForNothing(site, seat);
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

test(
  'nodes, capacity and status tell what they saw where one request of five goes wrong, and changes of nodes finish',
  { timeout: 300_000 },
  async ({ openstack, project, skip }) => {
    const groups = [{ name: 'workers', flavor: 'small', replicas: 2, bounds: [1, 4] }] as const;
    const more = 'openstack: { cloud: test, clusterName: training }\n';
    await withMachines(skip, { version: 'v1beta2', groups, more }, async ({ objects, box, env: cluster }) => {
      const nova = await startFakeNova();
      const proxies = {
        ...(await startCloudProxies(openstack.address, { seed: 5, rate: 0 })),
        nova: await startNovaProxy(nova.url, { seed: 53, rate: 0 }),
      };
      try {
        const through = throughProxies(proxies, project.entry.auth);
        const entry = { ...project.entry, ...through, compute_endpoint_override: proxies.nova.url };
        const clouds = { clouds: { test: { ...entry, api_timeout: 3 } } };
        const env = {
          ...cluster,
          OS_CLIENT_CONFIG_FILE: await box.write('clouds.yaml', JSON.stringify(clouds), 0o600),
        };
        setRate(proxies, 0.2);
        for (let times = 0; times < 2; times++) {
          expect(await tells({ box, env }, ['nodes', 'training'])).toMatch(/"cores"|could not|Nova|cloud/);
          await tells({ box, env }, ['capacity', 'training', '--people', '40']);
          await tells({ box, env }, ['status', 'training']);
        }
        const changes = [
          ['nodes', 'training', 'scale', 'workers', '--min', '2', '--max', '6', '--yes'],
          ['nodes', 'training', 'flavor', 'workers', 'large', '--yes'],
        ];
        for (const change of changes)
          for (let times = 1; (await endsWell({ box, env }, change)) !== 0; times++)
            expect(times).toBeLessThan(12);
        expect(happened(proxies)).toBeGreaterThan(0);
        setRate(proxies, 0);
        for (const change of changes) expect(await box.must(change, { env })).toContain('Nothing to do');
        expect(await box.must(['nodes', 'training'], { env })).toMatch(
          /^workers +large +2 to 6 +2 +2 of 2 +0$/m,
        );
        expect(await objects.list('MachineDrainRule')).toEqual([]);
      } finally {
        await Promise.all([...Object.values(proxies), nova].map((one) => one.stop()));
      }
    });
  },
);
