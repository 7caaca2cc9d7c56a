import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { mergePatch } from '../support/cluster/merge-patch.ts';
import type { ClusterClient } from '../support/cluster.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { helmAtWork, killAt, revisions, settles, slowHook, uidOfDatabase } from './faults.ts';
import { type ClusterEnv, course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];
const interrupted =
  /`hubwright deploy training`, begun on \S+ at \S+, is under way or was interrupted: (.*)\n/;

/** What `status` says was cut off. */
async function cutOff(box: Sandbox, env: ClusterEnv): Promise<string | undefined> {
  const { exitCode, stdout } = await box.run(['status', 'training'], { env });
  expect(exitCode).toBe(1);
  return interrupted.exec(stdout.replaceAll(/\n +(?!fix)/g, ' '))?.[1];
}

async function uidOfHub(cluster: ClusterClient, namespace: string): Promise<string | undefined> {
  const pods = await cluster
    .config()
    .makeApiClient(AppsV1Api)
    .readNamespacedDeployment({ name: 'hub', namespace });
  return pods.metadata?.uid;
}

// At each boundary of its steps: every-boundary.test.ts.
describe.concurrent('killed while it waits', () => {
  test('when nothing is left to do but to wait, the next one waits', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    const more = 'helmValues:\n  jupyterhub: { hub: { image: { name: waiting.test/hub, tag: "1" } } }\n';
    const given = { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more };
    await inCourse(given, async (box, env) => {
      const waits = (seen: readonly { type: string; text?: unknown }[]): boolean =>
        seen.some(
          ({ type, text }) =>
            type === 'stepProgress' && /Deployment \S+hub: 0 of 1 pods ready/.test(String(text)),
        );
      await killAt(box, deploy, { env }, waits);
      expect(await cutOff(box, env)).toContain('JupyterHub: release');
      expect(await box.must(['plan', 'training'], { env })).not.toContain('Nothing to do');
      // The next one does not say that all is well either, while it is not.
      await killAt(box, deploy, { env }, waits);
      await makeReady(cluster, namespace);
      const uid = await uidOfHub(cluster, namespace);
      await settles(box, env, { cluster, namespace });
      expect(await uidOfHub(cluster, namespace)).toBe(uid);
      expect(await revisions(cluster, namespace)).toHaveLength(1);
    });
  });
});

/** The image comes at last, as it were. */
async function makeReady(cluster: ClusterClient, namespace: string): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'component=hub' });
  const name = items[0]?.metadata?.name ?? '';
  const conditions = ['Initialized', 'Ready', 'ContainersReady'].map((type) => ({ type, status: 'True' }));
  const containerStatuses = [
    { name: 'hub', image: 'hub', imageID: 'hub', ready: true, restartCount: 0, state: { running: {} } },
  ];
  const body = { status: { phase: 'Running', conditions, containerStatuses } };
  await core.patchNamespacedPodStatus({ name, namespace, body }, mergePatch);
}

describe.concurrent('killed while Helm works', () => {
  for (const helm of ['helm3', 'helm4'] as const) {
    test(`with Helm, on a first install, ${helm}`, async ({ cluster, namespace, helm3, helm4 }) => {
      const program = { helm3, helm4 }[helm];
      const given = { namespace, kubeconfig: cluster.kubeconfig, helm: program, more: slowHook };
      await inCourse(given, async (box, env) => {
        await killAt(box, deploy, { env }, helmAtWork(cluster, namespace));
        expect(await revisions(cluster, namespace)).toEqual([{ number: 1, status: 'pending-install' }]);
        expect(await cutOff(box, env)).toContain('JupyterHub: release');
        expect(await box.must(['plan', 'training'], { env })).toMatch(
          /JupyterHub: mark revision 1 as failed \(revision 1 was left pending-install \d+ s ago\)/,
        );
        await settles(box, env, { cluster, namespace });
        expect(await revisions(cluster, namespace)).toHaveLength(2);
      });
    });

    test(`with Helm, on a change, ${helm}`, async ({ cluster, namespace, helm3, helm4 }) => {
      const program = { helm3, helm4 }[helm];
      const given = { namespace, kubeconfig: cluster.kubeconfig, helm: program };
      await inCourse(given, async (box, env) => {
        await box.must(deploy, { env });
        const database = await uidOfDatabase(cluster, namespace);
        await box.write('hub.yaml', course({ namespace, more: slowHook, memory: '3G' }));
        await killAt(box, deploy, { env }, helmAtWork(cluster, namespace));
        expect(await box.must(['plan', 'training'], { env })).toMatch(
          /JupyterHub: back to revision 1 \(revision 2 was left pending-upgrade \d+ s ago\)/,
        );
        await settles(box, env, { cluster, namespace });
        const statuses = (await revisions(cluster, namespace)).map(({ status }) => status);
        expect(statuses.slice(-2)).toEqual(['superseded', 'deployed']);
        expect(await uidOfDatabase(cluster, namespace)).toBe(database);
      });
    });

    test(`alone: Helm is told to end, and the next one begins at once, ${helm}`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const program = { helm3, helm4 }[helm];
      const given = { namespace, kubeconfig: cluster.kubeconfig, helm: program };
      await inCourse(given, async (box, env) => {
        await box.must(deploy, { env });
        await box.write('hub.yaml', course({ namespace, more: slowHook, memory: '3G' }));
        await killAt(box, deploy, { env }, helmAtWork(cluster, namespace), { whom: 'tool' });
        await settles(box, env, { cluster, namespace });
        expect((await box.processes()).map(({ command }) => command)).toEqual([]);
      });
    });
  }
});
