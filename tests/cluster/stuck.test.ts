import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { mergePatch } from '../support/cluster/merge-patch.ts';
import { type ClusterClient, until } from '../support/cluster.ts';
import { miniChart } from '../support/helm.ts';
import { helmAtWork, killAt, revisions, settles, slowHook, uidOfDatabase } from './faults.ts';
import { course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

interface Where {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  /** The program. */
  readonly helm: string;
}

/** Somebody upgrades the release with Helm alone, whose hook takes that long. */
async function startHelm(
  { cluster, namespace, helm }: Where,
  takes: string,
  ...args: readonly string[]
): Promise<ChildProcess> {
  const slow = ['--set', `prePuller.annotations.hubwright\\.test/after=${takes}`];
  const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', namespace];
  const child = spawn(
    helm,
    ['upgrade', '--install', namespace, miniChart('jupyterhub'), ...where, ...slow, ...args],
    { stdio: 'ignore' },
  );
  await until('Helm is at work', async () => helmAtWork(cluster, namespace)([]));
  return child;
}

/** The same, and it is killed in the middle. */
async function killHelm(where: Where, ...args: readonly string[]): Promise<void> {
  const child = await startHelm(where, '30s', ...args);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** As if a Helm had died while it brought the newest revision into another state. */
async function leave(cluster: ClusterClient, namespace: string, status: string): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const number = (await revisions(cluster, namespace)).at(-1)?.number ?? 0;
  const name = `sh.helm.release.v1.${namespace}.v${number}`;
  const secret = await core.readNamespacedSecret({ name, namespace });
  const packed = Buffer.from(Buffer.from(secret.data?.['release'] ?? '', 'base64').toString(), 'base64');
  const release = JSON.parse(gunzipSync(packed).toString()) as { info: { status: string } };
  release.info.status = status;
  const again = gzipSync(JSON.stringify(release)).toString('base64');
  const body = {
    metadata: { labels: { status } },
    data: { release: Buffer.from(again).toString('base64') },
  };
  await core.patchNamespacedSecret({ name, namespace, body }, mergePatch);
}

describe.concurrent('a release that somebody’s Helm left in the middle', () => {
  test('of its first install is marked as failed, then upgraded', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await killHelm({ cluster, namespace, helm: helm3 });
      const status = await box.run(['status', 'training'], { env });
      expect(status.stdout).toContain(`release ${namespace} is pending-install at revision 1`);
      expect(await box.must(['plan', 'training'], { env })).toMatch(
        /• JupyterHub: mark revision 1 as failed \(revision 1 was left pending-install \d+ s ago\)/,
      );
      await settles(box, env, { cluster, namespace }, '--repair');
      expect((await revisions(cluster, namespace)).map(({ number }) => number)).toEqual([1, 2]);
    });
  });

  test('of an upgrade goes back to the last good revision, then forward', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(deploy, { env });
      const database = await uidOfDatabase(cluster, namespace);
      await killHelm({ cluster, namespace, helm: helm3 }, '--set', 'hub.config.Spawner.cmd=other');
      // Plain Helm is at its wits' end here.
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      expect(await box.must(['plan', 'training'], { env })).toMatch(
        /• JupyterHub: back to revision 1 \(revision 2 was left pending-upgrade \d+ s ago\)/,
      );
      await settles(box, env, { cluster, namespace }, '--repair');
      expect(await revisions(cluster, namespace)).toEqual([
        { number: 1, status: 'superseded' },
        { number: 2, status: 'failed' },
        { number: 3, status: 'superseded' },
        { number: 4, status: 'deployed' },
      ]);
      expect(await uidOfDatabase(cluster, namespace)).toBe(database);
    });
  });

  for (const left of ['pending-rollback', 'uninstalling']) {
    test(`${left} goes back to the last good revision`, async ({ cluster, namespace, helm4 }) => {
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm4 }, async (box, env) => {
        await box.must(deploy, { env });
        const database = await uidOfDatabase(cluster, namespace);
        await box.write('hub.yaml', course({ namespace, memory: '3G' }));
        await box.must(deploy, { env });
        await leave(cluster, namespace, left);
        expect(await box.must(['plan', 'training'], { env })).toMatch(
          new RegExp(`• JupyterHub: back to revision 1 \\(revision 2 was left ${left} \\d+ s ago\\)`),
        );
        await settles(box, env, { cluster, namespace }, '--repair');
        expect(await uidOfDatabase(cluster, namespace)).toBe(database);
      });
    });
  }

  test('is shown by plan and status alone, and nothing is changed by them', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(deploy, { env });
      await leave(cluster, namespace, 'pending-upgrade');
      const before = await revisions(cluster, namespace);
      const status = await box.run(['status', 'training'], { env });
      expect(status.stdout).toMatch(/pending-upgrade at revision 1\n +fix: `\S*hubwright plan training`/);
      // Revision 1 is the only one there is: nothing else was ever good.
      expect(await box.must(['plan', 'training'], { env })).toContain('mark revision 1 as failed');
      expect(await revisions(cluster, namespace)).toEqual(before);
    });
  });
});

describe.concurrent('a Helm of somebody else that is at work', () => {
  for (const major of ['helm3', 'helm4'] as const) {
    test(`is left alone, and told about, until it is done (${major})`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const helm = { helm3, helm4 }[major];
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm }, async (box, env) => {
        await box.must(deploy, { env });
        const other = await startHelm({ cluster, namespace, helm }, '20s', '--set', 'custom.x=y');
        const done = once(other, 'exit');
        const plan = await box.must(['plan', 'training'], { env });
        expect(plan).toMatch(/• JupyterHub: back to revision 1 \(revision 2 was left pending-upgrade/);
        expect(plan).toContain("is of somebody else's Helm, which may still be at work");
        for (const args of [deploy, ['rollback', 'training', '--yes']]) {
          const { exitCode, stderr } = await box.run(args, { env });
          expect(exitCode).toBe(1);
          expect(stderr.replaceAll(/\n {6}/g, ' ')).toContain(
            `Somebody else's Helm may be at work on release ${namespace}`,
          );
          expect(stderr).toMatch(new RegExp(`hubwright ${args[0]} training\\s+--repair`));
        }
        expect(await done).toEqual([0, null]);
        expect((await revisions(cluster, namespace)).at(-1)).toEqual({ number: 2, status: 'deployed' });
        await settles(box, env, { cluster, namespace });
      });
    });
  }

  test('is not what a Hubwright left that was killed: its repair is told, then done', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    const given = { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more: slowHook };
    await inCourse(given, async (box, env) => {
      await killAt(box, deploy, { env }, helmAtWork(cluster, namespace));
      const { exitCode, stderr } = await box.run(deploy, { env });
      expect(exitCode, stderr).toBe(0);
      const told = stderr.replaceAll(/\n {5,6}/g, ' ');
      expect(told).toMatch(
        /warning: JupyterHub: mark revision 1 as failed, because revision 1 was left pending-install \d+ s ago\n[^]*…/,
      );
      expect(told).toContain('is of a run of Hubwright that was cut off');
    });
  });
});
