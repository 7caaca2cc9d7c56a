import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { helm } from '../support/helm.ts';
import { events } from '../support/hubwright.ts';
import { beforeUpgrade, course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];
const back = ['rollback', 'training', '--yes'];

for (const major of ['helm3', 'helm4'] as const) {
  describe(`rollback with ${major}`, () => {
    test('shows the way, goes there, and the file of that time has nothing to do', async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const program = { helm3, helm4 }[major];
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: program }, async (box, env) => {
        await box.must(deploy, { env });
        const nothing = await box.run(back, { env });
        expect(nothing).toMatchObject({ exitCode: 1 });
        expect(nothing.stderr).toContain('There is no revision of training to go back to');

        await box.write('hub.yaml', course({ namespace, memory: '3G' }));
        await box.must(deploy, { env });
        const asked = await box.run(['rollback', 'training'], { env });
        expect(asked.exitCode).toBe(2);
        expect(asked.stderr).toMatch(/→ +1 .* UTC +chart 4\.4\.0 +superseded +hubwright deploy training/);
        expect(asked.stderr).toMatch(/ 2 .* chart 4\.4\.0 +deployed \(now\)/);
        expect(asked.stderr).toMatch(/mem_limit: "3G" → "1\.8G"/);
        expect(asked.stderr).toContain('The hub restarts');
        expect(asked.stderr).toContain('Nobody is there to be asked');

        expect(await box.must(back, { env })).toContain('training is back at revision 1');
        const apps = cluster.config().makeApiClient(AppsV1Api);
        const hub = await apps.readNamespacedDeployment({ name: 'hub', namespace });
        expect(hub.status?.readyReplicas).toBe(1);
        // Neither journal nor lock is left.
        const core = cluster.config().makeApiClient(CoreV1Api);
        const { items } = await core.listNamespacedConfigMap({ namespace });
        expect(items.map(({ metadata }) => metadata?.name)).not.toContain('hubwright-journal');

        await box.write('hub.yaml', course({ namespace }));
        expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

        const forth = events(await box.must([...back, '--to', '2', '--json'], { env }));
        expect(forth[0]).toMatchObject({
          type: 'plan',
          hasChanges: true,
          revisions: expect.any(Array) as unknown,
        });
        expect(forth.map(({ type }) => type)).toContain('stepDone');
        expect(forth.at(-1)).toEqual({
          type: 'result',
          environment: 'training',
          changed: true,
          from: 3,
          to: 2,
        });
      });
    });
  });

  describe(`deploy --rollback-on-failure with ${major}`, () => {
    test('takes back what Helm could not send', async ({ cluster, namespace, helm3, helm4 }) => {
      const program = { helm3, helm4 }[major];
      await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: program }, async (box, env) => {
        await box.must(deploy, { env });
        await box.write(
          'hub.yaml',
          `${course({ namespace })}    helmValues: { jupyterhub: { hub: { labels: { course: "no label!" } } } }\n`,
        );
        const { exitCode, stderr } = await box.run([...deploy, '--rollback-on-failure'], { env });
        expect(exitCode).toBe(1);
        expect(stderr).toContain('where this fails, JupyterHub goes back to revision 1');
        expect(stderr).toContain('it failed, and goes back');
        expect(stderr).toContain('What it changed was taken back (JupyterHub: back to revision 1)');
        const history = await helm(program, cluster.kubeconfig, ['history', namespace, '-n', namespace]);
        expect(history).toMatch(/3 .*deployed .*Rollback to 1/);

        await box.write('hub.yaml', course({ namespace }));
        const plan = await box.must(['plan', 'training'], { env });
        expect(plan).toContain('Nothing to do');
        expect(plan).not.toContain('has not come to its end');
      });
    });
  });
}

describe('over an upgrade of the database', () => {
  test('going back is refused, and forced only after saving it', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await beforeUpgrade(box, env, namespace);
      // What KWOK plays is no hub, and has no database: the step that saves it fails, and nothing is changed.
      const watched = await box.run([...deploy, '--rollback-on-failure'], { env });
      expect(watched.exitCode).toBe(1);
      expect(watched.stderr).toMatch(/JupyterHub is left as it is then: .* 5\.3 of chart 4\.2\.0/);
      expect(watched.stderr).toContain("The hub's database could not be saved");
      expect(watched.stderr).not.toContain('goes back:');
      await box.must(deploy, { env });

      const refusal = await box.run(back, { env });
      expect(refusal.stderr).toContain('It is not safe to go back to revision 1');
      expect(refusal.stderr).toContain('`hubwright rollback training --to 1 --force-database`');
      const forced = await box.run([...back, '--force-database'], { env });
      expect(forced.stderr).toContain("The hub's database could not be saved");
      expect(forced.stderr).toContain('--force-database --no-save`');
      const unsaved = await box.must([...back, '--force-database', '--no-save'], { env });
      expect(unsaved).toContain('training is back at revision 1');
      expect(await box.must(['status', 'training'], { env })).toContain('chart 4.2.0, revision 3, deployed');
    });
  });
});

describe('deploy --rollback-on-failure', () => {
  test('leaves a first install, and takes back what a person could not work in', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      // What KWOK plays is no hub: nobody can work in it.
      const first = await box.run(['deploy', 'training', '--rollback-on-failure'], { env });
      expect(first.exitCode).toBe(1);
      expect(first.stderr).toContain('It is installed for the first time');
      expect((await box.run(['status', 'training'], { env })).stdout).toContain('revision 1, deployed');

      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      const second = await box.run(['deploy', 'training', '--rollback-on-failure'], { env });
      expect(second.stderr).toContain('was taken back (JupyterHub: back to revision 1)');
      expect(await box.must(['status', 'training'], { env })).toContain('revision 3, deployed');
      await box.write('hub.yaml', course({ namespace }));
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    });
  });

  test('does what a plan says that was kept without it', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(deploy, { env });
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      await box.must(['plan', 'training', '--out', 'plan.json'], { env });
      await box.must([...deploy, '--plan', 'plan.json', '--rollback-on-failure'], { env });
    });
  });
});
