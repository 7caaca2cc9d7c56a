import { readFile } from 'node:fs/promises';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { partsOr, test } from '../support/cluster-test.ts';
import { type ClusterClient, startCluster } from '../support/cluster.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { freePorts } from '../support/cluster/processes.ts';
import { events } from '../support/hubwright.ts';
import { settles } from './faults.ts';
import { course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

/** What an error says, as one line. */
function said(stderr: string): string {
  return stderr.replaceAll(/\n {6}/g, ' ');
}

describe.concurrent('an API server that fails one request of five', () => {
  const cases = [
    ['a first deploy', 'helm3', 1],
    ['a change', 'helm3', 2],
    ['a change', 'helm4', 3],
  ] as const;
  for (const [what, helm, seed] of cases) {
    test(`lets ${what} end well or with its reason, and the next one finishes (${helm}, seed ${seed})`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const faults = [429, 500, 503, 'reset', 'lost'] as const;
      const proxy = await startFlakyProxy({ kubeconfig: cluster.kubeconfig, seed, faults, rate: 0 });
      const given = { namespace, kubeconfig: proxy.kubeconfig, helm: { helm3, helm4 }[helm] };
      try {
        await inCourse(given, async (box, env) => {
          if (what === 'a change') await box.must(deploy, { env });
          await box.write('hub.yaml', course({ namespace, memory: '3G' }));
          proxy.rate = 0.2;
          const { exitCode, stdout } = await box.run([...deploy, '--json', '--timeout', '8s'], { env });
          proxy.rate = 0;
          expect([...proxy.happened.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3);
          const last = events(stdout).at(-1);
          expect(last?.type).toBe(exitCode === 0 ? 'result' : 'error');
          if (exitCode !== 0) expect(last?.['fix'], JSON.stringify(last)).toMatch(/again|continues|repair/);
          await settles(box, env, { cluster, namespace });
        });
      } finally {
        await proxy.stop();
      }
    });
  }
});

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
        expect(said(stderr)).toMatch(
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
          expect(said(stderr)).toMatch(
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
      expect(said(stderr)).toContain(
        `error The API server cannot be reached.\nwhere ${server} (context admin)\nfix   Check the network`,
      );
      expect(exitCode).toBe(1);
    });
  });

  test('the kubeconfig has no such context', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.write('hub.yaml', course({ namespace }).replace('context: admin', 'context: production'));
      const { exitCode, stderr } = await box.run(deploy, { env });
      expect(said(stderr)).toMatch(
        /^error The kubeconfig has no context `production`\.\nwhere .*\nfix +Name one of these .*`admin`, `viewer`, `stranger`.*\n$/,
      );
      expect(exitCode).not.toBe(0);
    });
  });

  test('a quota allows no volume', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const quota = await withQuota(cluster, namespace, { persistentvolumeclaims: '0' });
      const { exitCode, stderr } = await box.run(deploy, { env });
      expect(said(stderr)).toMatch(
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
      expect(said(stderr)).toMatch(
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
          expect(said(stderr)).toMatch(/error Deployment \S+\/hub is not ready after 8 seconds\./);
          expect(said(stderr)).toMatch(reason);
          expect(said(stderr)).toContain('Then run the command again: it goes on waiting.');
          expect(exitCode).toBe(1);
          await box.write('hub.yaml', course({ namespace }));
          await settles(box, env, { cluster, namespace });
        },
      );
    });
  }

  test('an object was deleted by hand half-way', async ({ cluster, namespace, helm3 }) => {
    await inCourse(
      { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more: broken('waiting.test/hub') },
      async (box, env) => {
        const { child, done } = box.start([...deploy, '--json', '--timeout', '10s'], { env });
        let deleted: Promise<unknown> | undefined;
        child.stdout?.on('data', (text) => {
          if (!/hub: 0 of 1 pods/.test(String(text))) return;
          deleted ??= cluster
            .config()
            .makeApiClient(AppsV1Api)
            .deleteNamespacedDeployment({ name: 'hub', namespace });
        });
        const { stdout, exitCode } = await done;
        await deleted;
        expect(events(stdout).at(-1)).toMatchObject({
          type: 'error',
          details: expect.stringContaining('hub: not there yet') as string,
        });
        expect(exitCode).toBe(1);
        await box.write('hub.yaml', course({ namespace }));
        await settles(box, env, { cluster, namespace });
      },
    );
  });

  test('its nodes are gone', async ({ skip, helm3 }) => {
    const own = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'), { nodes: 1 });
    const more = 'helmValues: { jupyterhub: { prePuller: { hook: { enabled: false } } } }\n';
    const given = { namespace: 'hub', kubeconfig: own.kubeconfig, helm: helm3, more };
    try {
      await inCourse(given, async (box, env) => {
        await own.config().makeApiClient(CoreV1Api).deleteNode({ name: 'worker-1' });
        const { exitCode, stderr } = await box.run([...deploy, '--timeout', '6s'], { env });
        expect(said(stderr)).toMatch(/Deployment hub\/hub: .*no node fits: no nodes available/);
        expect(exitCode).toBe(1);
        await own.addNodes(1);
        await settles(box, env, { cluster: own, namespace: 'hub' });
      });
    } finally {
      await own.stop();
    }
  });
});
