import { describe, expect } from 'vitest';
import { type Site, test } from '../support/cloud-test.ts';
import { events, oneLine } from '../support/hubwright.ts';
import { post } from '../support/openstack/networks.ts';
import { domain, inSite, somebodysPort } from './kit.ts';

async function lead(site: Site, fip: string, port: string | null): Promise<void> {
  const now = await site.api.network.floatingIp(fip);
  if (now) await site.api.network.associate(now, port);
}

describe('addresses', () => {
  test('shows the way from the Service to DNS in one line, and that all of it agrees', async ({
    site,
    cluster,
  }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig }, async ({ box, env, dns, write }) => {
      const fip = await site.makeFloatingIp();
      await write(fip.address);
      await site.makeService('proxy-public', { loadBalancerIP: fip.address });
      const { id } = await site.balanced('proxy-public');
      dns.zone[domain] = { a: [fip.address] };
      const vip = (await site.api.loadBalancers.get(id))?.vip_address;

      const { stdout, exitCode } = await box.run(['addresses', 'training'], { env });
      expect(stdout).toMatch(
        new RegExp(
          `hub +${site.namespace}/proxy-public \\(${fip.address}\\) +${id} ACTIVE +${vip} +${fip.address} +hub.test → ${fip.address}\\n`,
        ),
      );
      expect(stdout).toContain('✔ Everything agrees.');
      expect(exitCode).toBe(0);

      dns.zone[domain] = { a: ['192.0.2.1'], aaaa: ['2001:db8::1'] };
      const wrong = await box.run(['addresses', 'training', '--json'], { env });
      expect(wrong.exitCode).toBe(1);
      expect(events(wrong.stdout).at(-1)).toMatchObject({
        type: 'result',
        ways: [
          {
            floatingIp: fip.address,
            balancer: { id },
            dns: [{ a: ['192.0.2.1'], aaaa: ['2001:db8::1'] }],
            disagreements: [
              { at: 'dns', what: expect.stringContaining('leads to 192.0.2.1') as string },
              { at: 'dns', what: expect.stringContaining('2001:db8::1') as string },
            ],
          },
        ],
        notSeen: [],
      });
    });
  });

  test('says what it could not look at where the file names no cloud, or it does not answer', async ({
    site,
    cluster,
  }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig }, async ({ box, env, dns, write }) => {
      await site.makeService('proxy-public');
      const { address } = await site.balanced('proxy-public');
      dns.zone[domain] = { a: [address] };
      await write(undefined, '');
      const without = await box.run(['addresses', 'training'], { env });
      expect(oneLine(without.stdout)).toContain('The file does not say in which cloud training is');
      expect(without.exitCode).toBe(0);
      await write(undefined, 'openstack: { cloud: nowhere }\n');
      const nowhere = await box.run(['addresses', 'training'], { env });
      expect(oneLine(nowhere.stdout)).toContain('The cloud could not be looked at: ');
      expect(nowhere.stdout).toContain(`(${address})`);
      expect(nowhere.exitCode).toBe(1);
    });
  });
});

describe('attach', () => {
  test('has the floating IP of the file take the place of the controller’s own, and release takes it off', async ({
    site,
    cluster,
  }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig }, async ({ box, env, dns, write }) => {
      await site.makeService('proxy-public');
      const { address: made, id } = await site.balanced('proxy-public');
      const fip = await site.makeFloatingIp();
      await write(fip.address);
      dns.zone[domain] = { a: [fip.address] };
      const shown = await box.run(['addresses', 'training'], { env });
      expect(oneLine(shown.stdout)).toContain(
        `The file says ${fip.address} (\`address.floatingIp\`), and the load balancer has ${made}. fix \`hubwright addresses training attach\``,
      );
      const unasked = await box.run(['addresses', 'training', 'attach'], { env });
      expect(oneLine(unasked.stderr)).toContain('Nobody is there to be asked.');
      expect(await site.api.network.floatingIp(fip.id)).toMatchObject({ port_id: null });

      await box.must(['addresses', 'training', 'attach', '--yes'], { env });
      const { vip_port_id } = (await site.api.loadBalancers.get(id))!;
      expect(await site.api.network.floatingIp(fip.id)).toMatchObject({ port_id: vip_port_id });
      expect((await site.balanced('proxy-public')).address).toBe(fip.address);
      expect(await box.must(['addresses', 'training'], { env })).toContain('Everything agrees');
      expect(await box.must(['addresses', 'training', 'attach', '--yes'], { env })).toContain(
        'Nothing to do',
      );

      const released = await box.run(['addresses', 'training', 'release', '--yes'], { env });
      expect(released.exitCode, released.stderr).toBe(0);
      expect(await site.api.network.floatingIp(fip.id)).toMatchObject({ port_id: null });
    });
  });

  test('refuses one that is in use, one that is not there, and one of a network that nothing leads to', async ({
    site,
    cluster,
    openstack,
  }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig }, async ({ box, env, write }) => {
      await site.makeService('proxy-public');
      await site.balanced('proxy-public');
      const attach = ['addresses', 'training', 'attach', '--yes'];
      const fip = await site.makeFloatingIp();
      await lead(site, fip.id, await somebodysPort(site));
      await write(fip.address);
      const inUse = await box.run(attach, { env });
      expect(oneLine(inUse.stderr)).toContain(
        `error The floating IP ${fip.address} is in use: it leads to port somebodys (`,
      );
      expect(inUse.exitCode).toBe(1);
      expect((await site.api.network.floatingIp(fip.id))?.port_details?.name).toBe('somebodys');

      await write('192.0.2.99');
      const absent = await box.run(attach, { env });
      expect(oneLine(absent.stderr)).toContain('has no floating IP 192.0.2.99.');

      const far = await post(openstack.admin, 'network', { name: 'far', 'router:external': true });
      await post(openstack.admin, 'subnet', { network_id: far.id, ip_version: 4, cidr: '198.51.100.0/24' });
      const wanted = { floating_network_id: far.id, description: 'far' };
      const { floating_ip_address } = await site.api.network.createFloatingIp(wanted);
      await write(floating_ip_address);
      const elsewhere = await box.run(attach, { env });
      expect(oneLine(elsewhere.stderr)).toContain(`is of network ${far.id}, to which no router`);
    });
  });
});
