import { readFile } from 'node:fs/promises';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import type { ClusterClient } from '../support/cluster.ts';
import { freePorts } from '../support/cluster/processes.ts';
import { events } from '../support/hubwright.ts';
import { inOneLine, settles } from './faults.ts';
import { course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

describe.concurrent('says what to do when', () => {
  /** A kubeconfig like the cluster's but for one thing. */
  const changed = async (kubeconfig: string, change: (config: KubeconfigFile) => void): Promise<string> => {
    const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as KubeconfigFile;
    change(config);
    return JSON.stringify(config);
  };
  interface KubeconfigFile {
    readonly clusters: { readonly cluster: { server: string } }[];
    readonly users: { readonly name: string; readonly user: { token: string } }[];
  }

  test('the token has expired', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const text = await changed(cluster.kubeconfig, ({ users }) =>
        users.forEach(({ user }) => (user.token = 'old')),
      );
      const KUBECONFIG = await box.write('expired', text, 0o600);
      for (const command of ['plan', 'deploy', 'status', 'destroy']) {
        const { exitCode, stderr } = await box.run([command, 'training'], { env: { ...env, KUBECONFIG } });
        expect(inOneLine(stderr)).toMatch(
          /error The cluster does not know you: your credentials are wrong or have expired\.\nwhere \S+ \(context admin\)\nfix +Get a new token/,
        );
        expect(exitCode).toBe(1);
      }
    });
  });

  for (const context of ['viewer', 'stranger']) {
    test(`a ${context} has no right`, async ({ cluster, namespace, helm3 }) => {
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
        await box.write('hub.yaml', course({ namespace }).replace('context: admin', `context: ${context}`));
        for (const command of ['plan', 'deploy', 'status']) {
          const { exitCode, stderr } = await box.run([command, 'training'], { env });
          expect(inOneLine(stderr)).toMatch(
            /error You may not (get|list|create|update) \w+ in (namespace \S+|the whole cluster)\.[^]*fix +Ask those who run the cluster for that right; `kubectl --context \w+ auth can-i /,
          );
          expect(exitCode).toBe(1);
        }
      });
    });
  }

  test('the server cannot be reached', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const [port] = await freePorts(1);
      const server = `https://127.0.0.1:${port}`;
      const text = await changed(cluster.kubeconfig, ({ clusters }) =>
        clusters.forEach((each) => (each.cluster.server = server)),
      );
      const KUBECONFIG = await box.write('away', text, 0o600);
      const { exitCode, stderr } = await box.run(deploy, { env: { ...env, KUBECONFIG } });
      expect(inOneLine(stderr)).toContain(
        `error The API server cannot be reached.\nwhere ${server} (context admin)\nfix   Check the network`,
      );
      expect(exitCode).toBe(1);
    });
  });

  test('the kubeconfig has no such context', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.write('hub.yaml', course({ namespace }).replace('context: admin', 'context: production'));
      const { exitCode, stderr } = await box.run(deploy, { env });
      expect(inOneLine(stderr)).toMatch(
        /^error The kubeconfig has no context `production`\.\nwhere .*\nfix +Name one of these .*`admin`, `viewer`, `stranger`.*\n$/,
      );
      expect(exitCode).not.toBe(0);
    });
  });

  test('a quota allows no volume', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const quota = await withQuota(cluster, namespace, { persistentvolumeclaims: '0' });
      const { exitCode, stderr } = await box.run(deploy, { env });
      expect(inOneLine(stderr)).toMatch(
        /error The namespace's quota does not allow it: .*persistentvolumeclaims=0\.[^]*fix +Ask whoever runs the cluster for a larger quota/,
      );
      expect(exitCode).toBe(1);
      await quota.remove();
      await settles(box, env, { cluster, namespace });
    });
  });

  test('a quota allows no pod: it says so while it waits', async ({ cluster, namespace, helm3 }) => {
    const more = 'helmValues: { jupyterhub: { prePuller: { hook: { enabled: false } } } }\n';
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more }, async (box, env) => {
      const quota = await withQuota(cluster, namespace, { pods: '0' });
      const { exitCode, stderr } = await box.run([...deploy, '--timeout', '10s'], { env });
      expect(inOneLine(stderr)).toMatch(
        /is not ready after 10 seconds\.[^]*Deployment \S+hub: 0 of 1 pods made; quota exceeded: small/,
      );
      expect(exitCode).toBe(1);
      await quota.remove();
      await settles(box, env, { cluster, namespace });
    });
  });
});

async function withQuota(
  cluster: ClusterClient,
  namespace: string,
  hard: Record<string, string>,
): Promise<{ readonly remove: () => Promise<unknown> }> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  await core.createNamespacedResourceQuota({
    namespace,
    body: { metadata: { name: 'small' }, spec: { hard } },
  });
  // Until the controller has counted, nothing is held back.
  for (let found = false; !found;) {
    const { status } = await core.readNamespacedResourceQuota({ namespace, name: 'small' });
    found = status?.hard !== undefined;
  }
  return { remove: () => core.deleteNamespacedResourceQuota({ namespace, name: 'small' }) };
}

describe.concurrent('ends with the reason, and the next one finishes, when', () => {
  const broken = (image: string): string =>
    `helmValues: { jupyterhub: { hub: { image: { name: ${image}, tag: "1" } } } }\n`;

  for (const [image, reason] of [
    ['missing.test/hub', /image pull backs off: missing\.test\/hub:1/],
    ['crash.test/hub', /crash loop of hub, exit code 1/],
    ['waiting.test/hub', /0 of 1 pods ready/],
  ] as const) {
    test(`the hub does not become ready: ${image}`, async ({ cluster, namespace, helm3 }) => {
      await inCourse(
        { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more: broken(image) },
        async (box, env) => {
          const { exitCode, stderr } = await box.run([...deploy, '--timeout', '8s'], { env });
          expect(inOneLine(stderr)).toMatch(/error Deployment \S+\/hub is not ready after 8 seconds\./);
          expect(inOneLine(stderr)).toMatch(reason);
          expect(inOneLine(stderr)).toContain('Then run the command again: it goes on waiting.');
          expect(exitCode).toBe(1);
          await box.write('hub.yaml', course({ namespace }));
          await settles(box, env, { cluster, namespace });
        },
      );
    });
  }

  test('an object was deleted by hand half-way, which the next one notices', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    const more = 'helmValues: { jupyterhub: { hub: { annotations: { hubwright.test/after: 6s } } } }\n';
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more }, async (box, env) => {
      const config = cluster.config();
      const { child, done } = box.start([...deploy, '--json', '--timeout', '10s'], { env });
      let deleted: Promise<unknown> | undefined;
      child.stdout?.on('data', (text) => {
        if (!/hub: 0 of 1 pods/.test(String(text))) return;
        deleted ??= Promise.all([
          config.makeApiClient(AppsV1Api).deleteNamespacedDeployment({ name: 'hub', namespace }),
          // That was seen to be ready.
          config.makeApiClient(CoreV1Api).deleteNamespacedService({ name: 'hub', namespace }),
        ]);
      });
      const { stdout, exitCode } = await done;
      await deleted;
      expect(events(stdout).at(-1)).toMatchObject({
        type: 'error',
        details: expect.stringContaining('hub: not there yet') as string,
      });
      expect(exitCode).toBe(1);
      const plan = await box.must(['plan', 'training'], { env });
      expect(plan).toContain('! Deployment hub (changed by hand; put back)');
      expect(plan).toContain('! Service hub (changed by hand; put back)');
      await settles(box, env, { cluster, namespace });
      const hub = await config.makeApiClient(AppsV1Api).readNamespacedDeployment({ name: 'hub', namespace });
      expect(hub.status?.readyReplicas).toBe(1);
    });
  });
});
