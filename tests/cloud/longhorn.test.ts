import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { contents, home, saveTo } from '../cluster/longhorn-kit.ts';
import { type Site, test } from '../support/cloud-test.ts';
import { until } from '../support/cluster.ts';
import { LonghornObjects } from '../support/cluster/longhorn-objects.ts';
import { miniChart } from '../support/helm.ts';
import { oneLine } from '../support/hubwright.ts';
import { inCloud, inSite } from './kit.ts';

const reinstall = ['longhorn', 'training', 'reinstall'];

/** Longhorn is in the namespace that the cloud controller watches, with its page behind a load balancer. */
const file = (site: Site, floatingIp: string): string => `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${site.namespace}-hub, release: ${site.namespace} }
    auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 1 } } }
    https: off
    longhorn: { namespace: ${site.namespace}, ui: { service: LoadBalancer, floatingIp: ${floatingIp} } }
    charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, longhorn: { source: ${miniChart('longhorn')} } }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/scipy-notebook:1, memory: { limit: 2G } }
    helmValues: { jupyterhub: { proxy: { service: { type: ClusterIP } } } }
    ${inCloud(site)}`;

test(
  'a reinstall of Longhorn makes its load balancer anew with its address, starts the cloud controller anew, and leaves others alone',
  { timeout: 300_000 },
  async ({ site, cluster, helm4 }) => {
    await inSite({ site, kubeconfig: cluster.kubeconfig, helm: helm4 }, async ({ box, env }) => {
      const fip = await site.makeFloatingIp();
      await box.write('hub.yaml', file(site, fip.address));
      await box.must(['charts', 'lock'], { env });
      await site.makeService('proxy-public');
      const neighbour = await site.balanced('proxy-public');
      const known = await site.api.loadBalancers.get(neighbour.id);
      await box.must(['deploy', 'training', '--no-verify', '--timeout', '90s'], { env });
      const stored = { cluster, objects: new LonghornObjects(cluster.config(), site.namespace) };
      await saveTo(stored.objects, 'nfs://192.0.2.30:/backups');
      await home(cluster, 'trainee-1', { at: `${site.namespace}-hub` });
      const before = await contents(stored, 2);
      const old = await site.balanced('longhorn-frontend');
      expect(old.address).toBe(fip.address);

      const shown = oneLine((await box.run(reinstall, { env })).stderr);
      expect(shown).toContain('`hubwright doctor training --fix` mends that and touches no volume');
      await box.must([...reinstall, '--yes', '--timeout', '120s'], { env });
      const now = await site.balanced('longhorn-frontend');
      expect(now.address).toBe(fip.address);
      expect(now.id).not.toBe(old.id);
      expect(await site.api.loadBalancers.get(old.id)).toBeUndefined();
      const vip = (await site.api.loadBalancers.get(now.id))?.vip_port_id;
      expect(await site.api.network.floatingIp(fip.id)).toMatchObject({ port_id: vip });
      expect(await contents(stored, 2)).toEqual(before);

      const apps = cluster.config().makeApiClient(AppsV1Api);
      const controller = await apps.readNamespacedDaemonSet({
        name: 'openstack-cloud-controller-manager',
        namespace: 'kube-system',
      });
      expect(controller.spec?.template.metadata?.annotations).toHaveProperty([
        'kubectl.kubernetes.io/restartedAt',
      ]);
      expect(await site.balanced('proxy-public')).toEqual(neighbour);
      expect((await site.api.loadBalancers.get(neighbour.id))?.updated_at).toBe(known?.updated_at);
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

      // Its own finalizer would hold the namespace.
      await site.core.deleteNamespacedService({ name: 'proxy-public', namespace: site.namespace });
      await until('the neighbour is gone', async () =>
        site.service('proxy-public').then(
          () => false,
          () => true,
        ),
      );
      const all = ['--with-homes', '--with-cluster-systems', '--no-save', '--timeout', '60s'];
      await box.must(['destroy', 'training', '--yes-destroy', 'training', ...all], { env });
      const core = cluster.config().makeApiClient(CoreV1Api);
      await core.deleteNamespace({ name: `${site.namespace}-hub` });
      await until('no volume of Longhorn is left', async () => {
        const { items } = await core.listPersistentVolume();
        return items.every(({ spec }) => spec?.csi?.driver !== 'driver.longhorn.io');
      });
    });
  },
);
