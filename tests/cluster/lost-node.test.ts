import { CoreV1Api } from '@kubernetes/client-node';
import { type TestContext, describe, expect } from 'vitest';
import { partsOr, test } from '../support/cluster-test.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { type Result, type Sandbox, events } from '../support/hubwright.ts';
import { inOneLine, settles } from './faults.ts';
import { mergePatch } from '../support/cluster/merge-patch.ts';
import { type ClusterEnv, course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

describe('when a node is lost', () => {
  test('and it was all there were, a deploy says so, and the next one finishes', async ({ skip, helm3 }) => {
    await onTwoNodes({ skip, helm: helm3 }, async ({ own, box, env }) => {
      const core = own.config().makeApiClient(CoreV1Api);
      for (const name of ['worker-1', 'worker-2']) await core.deleteNode({ name });
      const { exitCode, stderr } = await box.run([...deploy, '--timeout', '6s'], { env });
      expect(inOneLine(stderr)).toMatch(/Deployment hub\/hub: .*no node fits: no nodes available/);
      expect(exitCode).toBe(1);
      await own.addNodes(1);
      await settles(box, env, { cluster: own, namespace: 'hub' });
    });
  });

  test('half-way, with the hub and people’s servers on it, a deploy says so, and the next one finishes', async ({
    skip,
    helm3,
  }) => {
    // KWOK does what is to be done in some seconds, whatever has become of the node.
    const hub = '{ image: { name: waiting.test/hub, tag: "1" } }';
    await onTwoNodes({ skip, helm: helm3, hub }, async ({ own, box, env, loses }) => {
      const core = own.config().makeApiClient(CoreV1Api);
      // The hub and two servers are on the one that goes.
      await core.patchNode({ name: 'worker-2', body: { spec: { unschedulable: true } } }, mergePatch);
      const { stdout, exitCode } = await loses('worker-1', async () => {
        await core.patchNode({ name: 'worker-2', body: { spec: { unschedulable: false } } }, mergePatch);
      });
      expect(exitCode).toBe(1);
      expect(events(stdout).at(-1)).toMatchObject({
        what: 'Deployment hub/hub is not ready after 15 seconds.',
        details: expect.stringContaining('its node worker-1 is gone') as string,
      });
      const status = await box.run(['status', 'training'], { env });
      expect(status.stdout.replaceAll(/\n +/g, ' ')).toContain(
        'node worker-1 is gone, with the servers of trainee-1, trainee-2',
      );
      // Kubernetes does so itself after a minute.
      const { items } = await core.listNamespacedPod({ namespace: 'hub' });
      for (const { metadata } of items.filter((pod) => pod.spec?.nodeName === 'worker-1'))
        await core.deleteNamespacedPod({
          name: metadata?.name ?? '',
          namespace: 'hub',
          gracePeriodSeconds: 0,
        });
      await box.write('hub.yaml', course({ namespace: 'hub' }));
      await settles(box, env, { cluster: own, namespace: 'hub' });
    });
  });

  test('half-way, with people’s servers alone, it hinders no deploy, and status names it', async ({
    skip,
    helm3,
  }) => {
    await onTwoNodes({ skip, helm: helm3 }, async ({ own, box, env, loses }) => {
      const core = own.config().makeApiClient(CoreV1Api);
      await core.patchNode({ name: 'worker-1', body: { spec: { unschedulable: true } } }, mergePatch);
      const { stdout, exitCode } = await loses('worker-1');
      expect(exitCode, stdout).toBe(0);
      const status = await box.run(['status', 'training'], { env });
      expect(status.stdout.replaceAll(/\n +/g, ' ')).toContain(
        'node worker-1 is gone, with the servers of trainee-1, trainee-2',
      );
      await settles(box, env, { cluster: own, namespace: 'hub' });
    });
  });
});

interface Given {
  readonly skip: TestContext['skip'];
  readonly helm: string;
  readonly hub?: string;
}

interface TwoNodes {
  readonly own: Cluster;
  readonly box: Sandbox;
  readonly env: ClusterEnv;
  /** Deploys, and takes the node away while the hub is not ready; the servers of two people are on it. */
  readonly loses: (node: string, then?: () => Promise<void>) => Promise<Result>;
}

/** @param given.hub Values of the hub: one that is soon ready, but not at once. */
async function onTwoNodes(
  { skip, helm, hub = '{ annotations: { hubwright.test/after: 6s } }' }: Given,
  work: (nodes: TwoNodes) => Promise<void>,
): Promise<void> {
  const own = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'), { nodes: 2 });
  const more = `helmValues: { jupyterhub: { prePuller: { hook: { enabled: false } }, hub: ${hub} } }\n`;
  try {
    await inCourse({ namespace: 'hub', kubeconfig: own.kubeconfig, helm, more }, async (box, env) => {
      const core = own.config().makeApiClient(CoreV1Api);
      const loses: TwoNodes['loses'] = async (node, then = () => Promise.resolve()) => {
        const { child, done } = box.start([...deploy, '--json', '--timeout', '15s'], { env });
        let lost: Promise<void> | undefined;
        const lose = async (): Promise<void> => {
          for (const user of ['trainee-1', 'trainee-2'])
            await core.createNamespacedPod({ namespace: 'hub', body: serverOn(node, user) });
          await core.deleteNode({ name: node });
          await then();
        };
        child.stdout?.on('data', (text) => {
          if (/hub: 0 of 1 pods ready/.test(String(text))) lost ??= lose();
        });
        const result = await done;
        await lost;
        return result;
      };
      await work({ own, box, env, loses });
    });
  } finally {
    await own.stop();
  }
}

/** A person's server as KubeSpawner makes it. */
function serverOn(nodeName: string, user: string) {
  return {
    metadata: {
      name: `jupyter-${user}`,
      labels: { app: 'jupyterhub', component: 'singleuser-server' },
      annotations: { 'hub.jupyter.org/username': user },
    },
    spec: { nodeName, containers: [{ name: 'notebook', image: 'example.org/scipy-notebook:1' }] },
  };
}
