import { expect } from 'vitest';
import { killedAtEachBoundary } from '../cluster/boundaries.ts';
import { test } from '../support/cloud-test.ts';
import { inSite } from './kit.ts';

test('attach goes on from wherever it was killed, and does nothing twice', async ({ site, cluster }) => {
  await inSite({ site, kubeconfig: cluster.kubeconfig }, async ({ box, env, write }) => {
    await site.makeService('proxy-public');
    const { id } = await site.balanced('proxy-public');
    const fip = await site.makeFloatingIp();
    await write(fip.address);
    const attach = ['addresses', 'training', 'attach', '--yes'];
    expect(await killedAtEachBoundary(box, attach, env)).toEqual([
      'address:hub:free',
      'address:hub:attach',
      'address:hub:shown',
    ]);
    const { vip_port_id } = (await site.api.loadBalancers.get(id))!;
    expect(await site.api.network.floatingIp(fip.id)).toMatchObject({ port_id: vip_port_id });
    expect((await site.balanced('proxy-public')).address).toBe(fip.address);
  });
});
