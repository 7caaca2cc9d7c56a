import { hostname } from 'node:os';
import { CoordinationV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { microTime } from '../../src/adapters/kubernetes/lease-object.ts';
import { test } from '../support/cluster-test.ts';
import { mergePatch } from '../support/cluster/merge-patch.ts';
import { until } from '../support/cluster.ts';
import { helmAtWork, inOneLine, killAt, revisions, settles, slowHook, step } from './faults.ts';
import { inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

describe.concurrent('of two deploys at once', () => {
  test('one is refused and told who is at work, and the other one finishes', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    // Long enough for others to come, on a busy machine too.
    const more = slowHook.replace('2s', '8s');
    const given = { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more };
    await inCourse(given, async (box, env) => {
      const first = box.start(deploy, { env });
      await until('Helm is at work', async () => helmAtWork(cluster, namespace)([]));
      const [second, status] = await Promise.all([
        box.run(deploy, { env }),
        box.run(['status', 'training'], { env }),
      ]);
      expect(second.exitCode).toBe(1);
      const told = inOneLine(second.stderr);
      expect(told).toContain('error Environment training is being changed by somebody else.');
      expect(told).toMatch(
        new RegExp(
          `where \`hubwright deploy training\`, process ${first.child.pid} of \\S+@${hostname()}, since 2`,
        ),
      );
      expect(told).toContain(`kill ${first.child.pid}`);
      expect(status.stdout.replaceAll(/\n {2}/g, ' ')).toContain(
        'is under way or was interrupted: JupyterHub: release',
      );
      expect((await first.done).exitCode).toBe(0);
      expect(await revisions(cluster, namespace)).toEqual([{ number: 1, status: 'deployed' }]);
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    });
  });

  test('of a new environment one makes it', async ({ cluster, namespace, helm3 }) => {
    const given = {
      namespace: `${namespace}-new`,
      kubeconfig: cluster.kubeconfig,
      helm: helm3,
      more: slowHook,
    };
    await inCourse(given, async (box, env) => {
      const both = await Promise.all([box.run(deploy, { env }), box.run(deploy, { env })]);
      expect(both.map(({ exitCode }) => exitCode).toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 1]);
      expect(both.map(({ stderr }) => stderr).join('')).toContain('is being changed by somebody else');
      expect(await revisions(cluster, given.namespace)).toHaveLength(1);
    });
  });
});

describe.concurrent('the lock of a deploy that was killed', () => {
  test('holds nobody up on the same machine', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await killAt(box, deploy, { env }, step('stepStarted', 'jupyterhub:release'), { whom: 'tool' });
      const said = await settles(box, env, { cluster, namespace });
      expect(JSON.stringify(said)).not.toContain('sign of life');
    });
  });

  test('holds somebody elsewhere up until its time is over, who is told so', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await killAt(box, deploy, { env }, step('stepStarted', 'jupyterhub:release'));
      const api = cluster.config().makeApiClient(CoordinationV1Api);
      const holder = JSON.stringify({ by: 'jo@elsewhere', pid: 1, machine: 'another' });
      const body = {
        metadata: { annotations: { 'hubwright/holder': holder } },
        spec: { leaseDurationSeconds: 8, renewTime: microTime(Date.now()) },
      };
      await api.patchNamespacedLease({ name: 'hubwright', namespace, body }, mergePatch);
      const { stderr, exitCode } = await box.run(deploy, { env });
      expect(stderr).toContain('Is jo@elsewhere still there? Waiting for a sign of life.');
      expect(exitCode, stderr).toBe(0);
    });
  });
});
