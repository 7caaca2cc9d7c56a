import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { test } from '../support/cloud-test.ts';
import { events, oneLine } from '../support/hubwright.ts';
import { inSite } from './kit.ts';

const doctor = ['doctor', 'training', '--only', 'balancer-error'];

test(
  'doctor tells of a load balancer in ERROR, changes nothing unless it is told to, and makes it anew with its address',
  { timeout: 300_000 },
  async ({ site, cluster, openstack, helm4 }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig, helm: helm4 }, async ({ box, env, write }) => {
      const fip = await site.makeFloatingIp();
      await write(fip.address);
      await box.must(['deploy', 'training', '--no-verify', '--timeout', '90s'], { env });
      const before = await site.balanced('proxy-public');
      expect(await box.must(doctor, { env })).toContain('training: nothing wrong found');

      await openstack.setStatus(before.id, 'ERROR');
      const told = await box.run(doctor, { env });
      expect(oneLine(told.stdout)).toContain(
        'The load balancer of proxy-public is in ERROR. (will stop working)',
      );
      expect(told.stdout).toContain(before.id);
      expect(told.stdout).toContain('balancer-error, docs/runbook/load-balancers.md');
      expect(told.exitCode).toBe(1);

      const unasked = await box.run([...doctor, '--fix'], { env });
      expect(oneLine(unasked.stderr)).toContain('make the Service again, as release');
      expect(unasked.stderr).toContain('Nobody is there to be asked.');
      expect(unasked.exitCode).toBe(2);
      expect((await site.balanced('proxy-public')).id).toBe(before.id);

      const fixed = await box.run([...doctor, '--fix', '--yes', '--json'], { env });
      expect(events(fixed.stdout).at(-1)).toMatchObject({ type: 'result', findings: [], notRun: [] });
      expect(fixed.exitCode).toBe(0);
      const after = await site.balanced('proxy-public');
      expect(after.address).toBe(fip.address);
      expect(after.id).not.toBe(before.id);
      expect(await site.api.loadBalancers.get(before.id)).toBeUndefined();
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

      // Without a way to the cluster, what needs none is looked at all the same.
      const kubeconfig = await readFile(cluster.kubeconfig, 'utf8');
      const nowhere = kubeconfig.replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, 'https://127.0.0.1:9');
      const away = { ...env, KUBECONFIG: await box.write('nowhere.yaml', nowhere) };
      const only = ['--only', 'dns', 'balancer-pending', 'hub-down', '--json'];
      const looked = await box.run(['doctor', 'training', ...only], { env: away });
      expect(events(looked.stdout).at(-1)).toMatchObject({
        findings: [{ check: 'dns', what: expect.stringContaining('knows no address of hub.test') as string }],
        healthy: [{ check: 'balancer-pending' }],
        notRun: [{ check: 'hub-down', failed: true }],
      });
    });
  },
);
