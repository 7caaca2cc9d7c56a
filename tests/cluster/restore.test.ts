import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import type { ClusterClient } from '../support/cluster.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { killAt, revisions, settles, step } from './faults.ts';
import { beforeUpgrade, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

interface Where {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  readonly box: Sandbox;
}

/** A real database with that one word in it. */
async function databaseOf(folder: string, word: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const make = `import sqlite3, sys
db = sqlite3.connect("jupyterhub.sqlite")
db.execute("create table if not exists words (word)")
db.execute("delete from words")
db.execute("insert into words values (?)", [sys.argv[1]])
db.commit()`;
  execFileSync('python3', ['-c', make, word], { cwd: folder });
}

function wordIn(folder: string, file = 'jupyterhub.sqlite'): string {
  const read = `import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("select word from words").fetchone()[0])`;
  return execFileSync('python3', ['-c', read, file], { cwd: folder, encoding: 'utf8' }).trim();
}

/** The hub's volume: what runs in its pods runs in that folder, with a real Python. */
async function volumeOf({ cluster, namespace, box }: Where): Promise<string> {
  const folder = join(box.folder, 'volume');
  await databaseOf(folder, 'old');
  await cluster.execInPods(namespace, folder);
  return folder;
}

async function replicasOf({ cluster, namespace }: Omit<Where, 'box'>): Promise<(number | undefined)[]> {
  const apps = cluster.config().makeApiClient(AppsV1Api);
  const { spec, status } = await apps.readNamespacedDeployment({ name: 'hub', namespace });
  return [spec?.replicas, status?.readyReplicas];
}

async function podNames({ cluster, namespace }: Omit<Where, 'box'>): Promise<string> {
  const { items } = await cluster.config().makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
  return items.map(({ metadata }) => metadata?.name).join(' ');
}

for (const major of ['helm3', 'helm4'] as const) {
  describe.concurrent(`a hub whose database was upgraded, with ${major}`, () => {
    test('is taken back with the command that the deploy that failed has printed', async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const helm = { helm3, helm4 }[major];
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm }, async (box, env) => {
        const where = { cluster, namespace, box };
        await beforeUpgrade(box, env, namespace);
        const volume = await volumeOf(where);
        // What KWOK plays is no hub: nobody can work in it.
        const failed = await box.run(['deploy', 'training', '--rollback-on-failure'], { env });
        expect(failed.exitCode).toBe(1);
        const told = failed.stderr.replaceAll(/\n {6}/g, ' ');
        const command = /`hubwright (rollback training --to 1 --restore-database (\S+))`/.exec(told);
        expect(command, failed.stderr).not.toBeNull();
        expect(wordIn(command?.[2] ?? '')).toBe('old');
        await databaseOf(volume, 'upgraded');

        const args = (command?.[1] ?? '').split(' ');
        const asked = await box.run(args, { env });
        expect(asked.exitCode).toBe(2);
        expect(asked.stderr).toMatch(/• Stop the hub and put back its database \(as it was saved at/);
        expect(asked.stderr.replaceAll(/\n +/g, ' ')).toContain('what changed since then is lost');
        expect(wordIn(volume)).toBe('upgraded');

        await box.must([...args, '--yes'], { env });
        expect(wordIn(volume)).toBe('old');
        expect(wordIn(volume, 'jupyterhub.sqlite.before-restore-1')).toBe('upgraded');
        expect(await replicasOf(where)).toEqual([1, 1]);
        expect(await podNames(where)).not.toContain('hubwright-restore');
        expect((await revisions(cluster, namespace)).at(-1)).toEqual({ number: 3, status: 'deployed' });
        const status = await box.must(['status', 'training'], { env });
        expect(status).toContain('chart 4.2.0, revision 3, deployed');
        // The one that was replaced is saved here too.
        const saved = join(box.state('course', 'training').root, 'saved');
        expect((await readdir(saved)).map((name) => wordIn(join(saved, name)))).toEqual(['old', 'upgraded']);
        await settles(box, env, { cluster, namespace });
      });
    });

    test('is taken back by the same command again where that was killed', async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const helm = { helm3, helm4 }[major];
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm }, async (box, env) => {
        const where = { cluster, namespace, box };
        await beforeUpgrade(box, env, namespace);
        await box.must(deploy, { env });
        const volume = await volumeOf(where);
        const folder = join(box.folder, 'saved');
        await databaseOf(folder, 'of then');
        const args = ['rollback', 'training', '--restore-database', 'saved', '--yes'];
        await killAt(box, args, { env }, step('stepStarted', 'jupyterhub:restore'), { later: 300 });
        await killAt(box, args, { env }, step('stepDone', 'jupyterhub:restore'));
        expect(wordIn(volume)).toBe('of then');
        // The newer hub must not get hold of it.
        expect((await replicasOf(where))[0]).toBe(0);
        const status = await box.run(['status', 'training'], { env });
        expect(status.stdout).toContain('hubwright rollback training --restore-database saved');
        await box.must(args, { env });
        expect(wordIn(volume)).toBe('of then');
        expect(await replicasOf(where)).toEqual([1, 1]);
        expect(await box.must(['status', 'training'], { env })).toContain('chart 4.2.0');
      });
    });
  });
}

describe.concurrent('a database that cannot be put back', () => {
  test('leaves the hub running as it was', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await beforeUpgrade(box, env, namespace);
      await box.must(deploy, { env });
      await databaseOf(join(box.folder, 'saved'), 'of then');
      const args = ['rollback', 'training', '--restore-database', 'saved', '--yes'];
      // Nothing can be run in what KWOK plays, unless it is told to.
      const unsaved = await box.run(args, { env });
      expect(unsaved.stderr).toContain("The hub's database could not be saved");
      const { exitCode, stderr } = await box.run([...args, '--no-save'], { env });
      expect(exitCode).toBe(1);
      const told = stderr.replaceAll(/\n {6}/g, ' ');
      expect(told).toContain("The hub's database could not be put back: `python3` failed in the pod");
      expect(told).toContain('The hub runs again as before.');
      expect(await replicasOf({ cluster, namespace })).toEqual([1, 1]);
      expect(await podNames({ cluster, namespace })).not.toContain('hubwright-restore');
      expect(await revisions(cluster, namespace)).toHaveLength(2);
      await settles(box, env, { cluster, namespace });
    });
  });

  test('because it is damaged leaves the one that is there', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(deploy, { env });
      const volume = await volumeOf({ cluster, namespace, box });
      const folder = join(box.folder, 'saved');
      await databaseOf(folder, 'of then');
      const file = join(folder, 'jupyterhub.sqlite');
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(7, 4096));
      const args = ['rollback', 'training', '--restore-database', 'saved', '--to', '1', '--yes'];
      const { stderr } = await box.run(args, { env });
      expect(stderr.replaceAll(/\n {6}/g, ' ')).toMatch(/could not be put back[^]*(damaged|malformed)/);
      expect(wordIn(volume)).toBe('old');
      expect(existsSync(join(volume, 'jupyterhub.sqlite.before-restore-1'))).toBe(false);

      await writeFile(file, 'no database');
      expect((await box.run(args, { env })).stderr).toContain('That is no database of a hub.');
      const none = await box.run(['rollback', 'training', '--restore-database', 'nowhere'], { env });
      expect(none.stderr).toContain('There is no jupyterhub.sqlite in that folder.');
      expect(none.exitCode).toBe(2);
    });
  });

  test('is no matter where the hub of that time is there already', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(deploy, { env });
      const volume = await volumeOf({ cluster, namespace, box });
      await databaseOf(join(box.folder, 'saved'), 'of then');
      const args = ['rollback', 'training', '--restore-database', 'saved', '--to', '1', '--yes'];
      await box.must(args, { env });
      expect(wordIn(volume)).toBe('of then');
      expect(await revisions(cluster, namespace)).toEqual([{ number: 1, status: 'deployed' }]);
    });
  });
});
