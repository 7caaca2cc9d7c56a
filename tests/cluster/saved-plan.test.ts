import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { helm, miniChartOf } from '../support/helm.ts';
import { events } from '../support/hubwright.ts';
import { course, inCourse } from './kit.ts';

const keep = ['plan', 'training', '--out', 'plan.json'];
const doIt = ['deploy', 'training', '--no-verify', '--plan', 'plan.json'];

describe('a plan that was kept', () => {
  test('is done as it was shown, the first install too', async ({ cluster, namespace, helm3 }) => {
    // The lock makes the namespace, which the plan says is missing.
    const fresh = `${namespace}-fresh`;
    await inCourse({ namespace: fresh, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      expect(await box.must(keep, { env })).toContain(
        'Kept in plan.json. `hubwright deploy training --plan plan.json` does exactly this',
      );
      const path = join(box.folder, 'plan.json');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await box.must(doIt, { env })).toContain('training');
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

      const again = await box.run(doIt, { env });
      expect(again.exitCode).toBe(1);
      expect(again.stderr).toContain('The plan does not hold any more');
      expect(again.stderr).toContain('not needed any more');
      await box.must(['destroy', 'training', '--yes-destroy', 'training', '--no-save', '--with-homes'], {
        env,
      });
    });
  });

  test('holds no secret', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      await box.must(keep, { env });
      const text = await readFile(join(box.folder, 'plan.json'), 'utf8');
      const core = cluster.config().makeApiClient(CoreV1Api);
      const { data = {} } = await core.readNamespacedSecret({ name: 'hubwright-secrets', namespace });
      const tokens = Object.values(data).map((value) => Buffer.from(value, 'base64').toString());
      expect(tokens.length).toBeGreaterThan(3);
      for (const token of tokens) expect(text).not.toContain(token);
      expect(await box.must([...doIt, '--json'], { env })).toContain('"changed":true');
    });
  });

  test('is refused where something has moved, which it names', async ({ cluster, namespace, helm4 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm4 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      await box.must(keep, { env });

      const apps = cluster.config().makeApiClient(AppsV1Api);
      const scaleProxy = async (replicas: number): Promise<void> => {
        const scale = await apps.readNamespacedDeploymentScale({ name: 'proxy', namespace });
        scale.spec = { replicas };
        await apps.replaceNamespacedDeploymentScale({ name: 'proxy', namespace, body: scale });
      };
      await scaleProxy(2);
      const byHand = await box.run([...doIt, '--json'], { env });
      expect(byHand.exitCode).toBe(1);
      expect(events(byHand.stdout).at(-1)).toMatchObject({
        type: 'error',
        details: expect.stringContaining('Deployment proxy') as string,
      });
      await scaleProxy(1);

      await box.write('hub.yaml', course({ namespace, memory: '4G' }));
      const edited = await box.run(doIt, { env });
      expect(edited.stderr).toContain('JupyterHub: the file asks for something else');
      expect(edited.stderr).toMatch(/mem_limit: "1\.8G" → "3G" in the plan,\s+"1\.8G" → "4G" now/);

      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      await helm(helm4, cluster.kubeconfig, ['rollback', namespace, '1', '-n', namespace]);
      const moved = await box.run(doIt, { env });
      expect(moved.stderr).toMatch(/release \S+: revision 1 of .* in the plan,\s+revision 2/);
      expect(await box.must(['status', 'training'], { env })).toContain('revision 2, deployed');
    });
  });

  test('of another chart is refused', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      await box.write('hub.yaml', course({ namespace, memory: '3G' }));
      await box.must(keep, { env });
      const chart = await miniChartOf('jupyterhub', '4.4.1', box.folder);
      await box.write('hub.yaml', course({ namespace, memory: '3G', chart }));
      await box.must(['charts', 'lock'], { env });
      const { stderr } = await box.run(doIt, { env });
      expect(stderr).toMatch(/chart jupyterhub: 4\.4\.0 \(.*\) in the plan, 4\.4\.1/);
    });
  });
});

describe('a file that', () => {
  test('is no plan is neither read nor written over', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const over = await box.run(['plan', 'training', '--out', 'hub.yaml'], { env });
      expect(over).toMatchObject({ exitCode: 2 });
      expect(over.stderr).toContain('which is not overwritten');
      expect(await box.run([...doIt.slice(0, -1), 'hub.yaml'], { env })).toMatchObject({ exitCode: 2 });
      const missing = await box.run(doIt, { env });
      expect(missing.stderr).toContain('`hubwright plan training --out plan.json` makes one');
    });
  });
});
