import { describe, expect } from 'vitest';
import { annotation } from '../support/cloud/fake-listeners.ts';
import { type Site, test } from '../support/cloud-test.ts';
import { until } from '../support/cluster.ts';
import { oneLine } from '../support/hubwright.ts';
import { type Seat, inSite, somebodysPort } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify', '--timeout', '90s'];
const destroy = ['destroy', 'training', '--yes-destroy', 'training', '--no-save', '--timeout', '30s'];

test('a deploy has the floating IP of the file lead to the hub, also another one later', async ({
  site,
  cluster,
  helm3,
}) => {
  await inSite({ site, kubeconfig: cluster.kubeconfig, helm: helm3 }, async ({ box, env, write }) => {
    const [one, two] = [await site.makeFloatingIp(), await site.makeFloatingIp()];
    await write(one.address);
    await box.must(deploy, { env });
    const { address, id } = await site.balanced('proxy-public');
    expect(address).toBe(one.address);
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

    await write(two.address);
    const status = await box.run(['status', 'training'], { env });
    expect(oneLine(status.stdout)).toContain(
      `The file says ${two.address} (\`address.floatingIp\`), and the load balancer has ${one.address} fix: \`hubwright addresses training\``,
    );
    const plan = oneLine(await box.must(['plan', 'training'], { env }));
    expect(plan).toContain(
      `Floating IP ${two.address} to the load balancer of proxy-public (the file says so, and the cloud controller leaves ${one.address} where it is)`,
    );
    await box.must(deploy, { env });
    const { vip_port_id } = (await site.api.loadBalancers.get(id))!;
    expect(await site.api.network.floatingIp(two.id)).toMatchObject({ port_id: vip_port_id });
    expect(await site.api.network.floatingIp(one.id)).toMatchObject({ port_id: null });
    expect((await site.balanced('proxy-public')).address).toBe(two.address);
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
  });
});

test('a deploy is refused where the floating IP of the file is in use by something else, and changes nothing', async ({
  site,
  cluster,
  helm3,
}) => {
  await inSite({ site, kubeconfig: cluster.kubeconfig, helm: helm3 }, async ({ box, env, write }) => {
    const fip = await site.makeFloatingIp();
    const seen = (await site.api.network.floatingIp(fip.id))!;
    await site.api.network.associate(seen, await somebodysPort(site));
    await write(fip.address);
    const plan = await box.run(['plan', 'training'], { env });
    expect(oneLine(plan.stdout)).toContain(`The floating IP ${fip.address} is in use`);
    const { exitCode, stderr } = await box.run(deploy, { env });
    expect(oneLine(stderr)).toContain(`is in use: it leads to port somebodys (`);
    expect(exitCode).toBe(1);
    expect(await site.service('proxy-public').catch(() => 'none')).toBe('none');
    expect((await site.api.network.floatingIp(fip.id))?.port_details?.name).toBe('somebodys');
  });
});

/** Without a floating IP in the file: the controller makes one. */
async function deployed({ box, env, write }: Seat, site: Site): ReturnType<Site['balanced']> {
  await write(undefined);
  await box.must(deploy, { env });
  return site.balanced('proxy-public');
}

describe('a destroy', () => {
  test('leaves nothing in the cloud but the floating IP of the file, though the controller had made it', async ({
    site,
    cluster,
    helm3,
  }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (seat) => {
      const { box, env, write } = seat;
      const { address, id } = await deployed(seat, site);
      const { vip_port_id } = (await site.api.loadBalancers.get(id))!;
      // Homes stay, so the namespace does, and what others have in it.
      await site.makeService('gateway');
      await write(address);
      await box.must(deploy, { env });
      const service = await site.service('proxy-public');
      expect(annotation(service, 'keep-floatingip')).toBe('true');

      await write(undefined);
      const unnamed = await box.run(['destroy', 'training', '--no-save'], { env });
      const left = `floating IP ${address}, which the cloud controller made, will be left`;
      expect(oneLine(unnamed.stderr)).toContain(left);
      await write(address);

      const theirs = await site.balanced('gateway');
      const { stderr, stdout, exitCode } = await box.run(destroy, { env });
      expect(exitCode, stderr).toBe(0);
      expect(oneLine(stderr)).toContain(`floating IP ${address} stays with the project`);
      expect(stdout).toContain('training is gone');
      expect(await site.api.loadBalancers.get(id)).toBeUndefined();
      expect(await site.api.network.port(vip_port_id)).toBeUndefined();
      expect(await site.api.loadBalancers.get(theirs.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
      const kept = await site.api.network.floatingIps({ floating_ip_address: address });
      expect(kept).toMatchObject([{ port_id: null }]);
      expect(await box.must(destroy, { env })).toContain('training is gone');
    });
  });

  test('does not say that all is gone while the cloud has a load balancer of it', async ({
    site,
    cluster,
    helm3,
  }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (seat) => {
      const { box, env } = seat;
      const { id, address } = await deployed(seat, site);
      // Somebody has taken the finalizer off, and so the controller never heard of it.
      site.controller.pause();
      const { namespace, core } = site;
      await core.deleteNamespacedService({ name: 'proxy-public', namespace });
      await site.controller.letGo();
      await until(
        'the Service is gone',
        async () => !(await site.service('proxy-public').catch(() => undefined)),
      );

      const { stderr, exitCode } = await box.run([...destroy.slice(0, -1), '5s'], { env });
      expect(oneLine(stderr)).toContain(
        `error Not all is gone: the cloud still has load balancer kube_service_in-${namespace}_${namespace}_proxy-public (${id}, ACTIVE)`,
      );
      expect(oneLine(stderr)).toContain(
        `floating IP ${address}, which the cloud controller made, will be left`,
      );
      expect(exitCode).toBe(1);
      await site.api.loadBalancers.delete(id);
      expect(await box.must(destroy, { env })).toContain('training is gone');
    });
  });
});
