import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { course, inCourse } from './kit.ts';

const strangerPod = {
  metadata: { name: 'stranger' },
  spec: { containers: [{ name: 'main', image: 'example.org/other:1' }] },
};

describe('an environment on a cluster', () => {
  test('from its first plan to its end', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const first = await box.must(['plan', 'training'], { env });
      expect(first).toContain(`JupyterHub: release ${namespace} (not installed yet)`);
      expect(first).toContain('Nobody is working right now.');

      await box.must(['deploy', 'training', '--no-verify'], { env });
      const apps = cluster.config().makeApiClient(AppsV1Api);
      const hub = await apps.readNamespacedDeployment({ name: 'hub', namespace });
      expect(hub.status?.readyReplicas).toBe(1);

      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
      expect(await box.must(['deploy', 'training'], { env })).toBe(
        'Nothing to do: training is as the file says.\n',
      );
      const status = await box.must(['status', 'training'], { env });
      expect(status).toMatch(/✔ hub +running/);
      expect(status).toContain('of 2 seats warm');
      expect(status).not.toContain('placeholder');

      // Nobody in this cluster knows such load balancers.
      const core = cluster.config().makeApiClient(CoreV1Api);
      const spec = { type: 'LoadBalancer', loadBalancerClass: 'example.org/none', ports: [{ port: 80 }] };
      await core.createNamespacedService({ namespace, body: { metadata: { name: 'stuck' }, spec } });
      const troubled = await box.run(['status', 'training'], { env });
      expect(troubled.exitCode).toBe(1);
      expect(troubled.stdout).toContain('load balancer stuck: no address yet');
      // Somebody else's, who shares the namespace: it stays, and keeps nobody from the end.
      await core.createNamespacedPod({ namespace, body: strangerPod });

      // What KWOK plays is no hub, and has no database.
      const destroy = ['destroy', 'training', '--yes-destroy', 'training'];
      const refused = await box.run(destroy, { env });
      expect(refused.stderr).toContain('`hubwright destroy training --no-save`');
      const destroyed = await box.must([...destroy, '--no-save'], { env });
      expect(destroyed).toContain('training is gone');
      const pods = await core.listNamespacedPod({ namespace });
      expect(pods.items.map(({ metadata }) => metadata?.name)).toEqual(['stranger']);
      await core.deleteNamespacedService({ name: 'stuck', namespace });
      await core.deleteNamespacedPod({ name: 'stranger', namespace });
      const claims = await core.listNamespacedPersistentVolumeClaim({ namespace });
      expect(claims.items.map(({ metadata }) => metadata?.name)).toEqual(['hub-db-dir']);
    });
  });

  test('with Helm 4', async ({ cluster, namespace, helm4 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm4 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      await box.must(['deploy', 'training', '--no-verify'], { env });
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    });
  });
});

describe('the plan of a change', () => {
  test('says who is concerned by it, and from when', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      const core = cluster.config().makeApiClient(CoreV1Api);
      for (let number = 1; number <= 24; number++) {
        const profile = number % 4 === 0 ? 'large' : 'standard';
        await core.createNamespacedPod({ namespace, body: server(`trainee-${number}`, profile) });
      }
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));

      const plan = await box.run(['plan', 'training', '--detailed-exitcode'], { env });
      expect(plan.exitCode).toBe(2);
      expect(plan.stdout).toContain(
        'singleuser.profileList[standard].kubespawner_override.mem_limit: "1.8G" → "3G"',
      );
      expect(plan.stdout).toContain('The hub restarts');
      expect(plan.stdout).toMatch(
        /and 15 more keep their running server as it is; the change of profile standard holds/,
      );
      expect(plan.stdout).not.toContain('profile large');
      expect(plan.stdout).toContain('24 servers keep running');

      await box.must(['deploy', 'training', '--no-verify'], { env });
      const pods = await core.listNamespacedPod({ namespace, labelSelector: 'component=singleuser-server' });
      expect(pods.items.filter(({ status }) => status?.phase === 'Running')).toHaveLength(24);
    });
  });

  test('names what was changed by hand, and deploy puts it back', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      const apps = cluster.config().makeApiClient(AppsV1Api);
      const body = [{ op: 'replace', path: '/spec/replicas', value: 0 }];
      await apps.patchNamespacedDeployment({ name: 'proxy', namespace, body });
      await apps.deleteNamespacedDeployment({ name: 'hub', namespace });
      await cluster.config().makeApiClient(CoreV1Api).deleteNamespacedService({ name: 'hub', namespace });

      const plan = await box.must(['plan', 'training'], { env });
      expect(plan).toContain('! Deployment hub (changed by hand; put back)');
      expect(plan).toContain('! Deployment proxy (changed by hand; put back)');
      expect(plan).toContain('spec.replicas: 0 → 1');
      expect(plan).toContain('! Service hub (changed by hand; put back)');
      const status = await box.run(['status', 'training'], { env });
      expect(status.stdout).toMatch(/✖ hub +not there/);
      expect(status.stdout).toMatch(/✖ hub is not there\n +fix: `\S*hubwright deploy training`/);
      const doctor = await box.run(['doctor', 'training', '--only', 'hub-down', '--json'], { env });
      const { findings } = JSON.parse(doctor.stdout) as { findings: { what: string; evidence: string[] }[] };
      expect(findings.map(({ what }) => what)).toEqual([
        'Proxy is scaled to nothing.',
        'Hub is not there.',
        'Service hub is not there.',
      ]);
      expect(findings.flatMap(({ evidence }) => evidence)).toContain(
        `no Deployment hub in namespace ${namespace}; revision 1 of release ${namespace} has it`,
      );
      await box.must(['deploy', 'training', '--no-verify'], { env });
      const hub = await apps.readNamespacedDeployment({ name: 'hub', namespace });
      expect(hub.status?.readyReplicas).toBe(1);
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
      expect((await box.run(['doctor', 'training', '--only', 'hub-down'], { env })).exitCode).toBe(0);
    });
  });
});

/** A person's server as KubeSpawner makes it. */
function server(user: string, profile: string) {
  return {
    metadata: {
      name: `jupyter-${user}`,
      labels: { app: 'jupyterhub', component: 'singleuser-server', 'hubwright/profile': profile },
      annotations: { 'hub.jupyter.org/username': user },
    },
    spec: { containers: [{ name: 'notebook', image: 'example.org/scipy-notebook:1' }] },
  };
}
