import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { killAt, step } from './faults.ts';
import { fakeHub } from './fake-hub.ts';
import { course, inCourse } from './kit.ts';

const gpu = `gpu:
        displayName: GPU
        image: example.org/scipy-notebook:1
        memory: { limit: 4G }
        gpus: { count: 1, resource: example.org/gpu }
      large:`;

describe('the check after a deploy', () => {
  test('tries each profile, and is left to do until it has passed', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.write('hub.yaml', course({ namespace }).replace('large:', gpu));
      await box.must(['deploy', 'training', '--no-verify'], { env });
      // It lets people be changed, and nobody log in.
      const hub = await fakeHub(cluster, namespace);
      await cluster.forwardPods(namespace, { port: 8000, to: hub.port });
      try {
        await box.write('hub.yaml', course({ namespace, memory: '3G' }).replace('large:', gpu));
        const first = await box.run(['deploy', 'training'], { env });
        expect(first.exitCode).toBe(1);
        const told = first.stderr.replaceAll(/\n {6}/g, ' ');
        expect(told).toContain('The hub runs, but a person cannot work in it.');
        for (const profile of ['standard', 'large'])
          expect(told).toContain(`${profile}: log in: the log-in page answered 404`);
        expect(told).toContain('profile gpu is not tried: no node offers example.org/gpu now');
        expect(told).not.toContain('gpu: log in');

        const status = await box.run(['status', 'training'], { env });
        expect(status.exitCode).toBe(1);
        expect(status.stdout.replaceAll(/\n +/g, ' ')).toMatch(
          /whether people can work is being tried, or was and failed, after `hubwright deploy training`/,
        );
        // Whom a change of people alone concerns: the check is still to do after it.
        await box.must(['users', 'training', 'reset', 'trainee-1'], { env });
        const plan = await box.must(['plan', 'training'], { env });
        expect(plan).toContain('(the check after `hubwright deploy training` has not passed)');
        const second = await box.run(['deploy', 'training'], { env });
        expect(second).toMatchObject({ exitCode: 1, stdout: '' });
        expect(second.stderr).toContain('a person cannot work in it');

        await box.must(['deploy', 'training', '--no-verify'], { env });
        expect(await box.must(['deploy', 'training'], { env })).toContain('Nothing to do');
        expect((await box.run(['status', 'training'], { env })).stdout).not.toContain('people can work');
      } finally {
        hub.close();
      }
    });
  });

  test('is not taken for passed where it was killed', async ({ cluster, namespace, helm3 }) => {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      const hub = await fakeHub(cluster, namespace);
      // Whoever opens the log-in page waits.
      const silent = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      await cluster.forwardPods(namespace, { port: 8000, to: (silent.address() as AddressInfo).port });
      try {
        await box.write('hub.yaml', course({ namespace, memory: '3G' }));
        await killAt(box, ['deploy', 'training'], { env }, step('stepStarted', 'verify:standard'));
        expect((await box.run(['status', 'training'], { env })).stdout).toContain('people can work');
        const plan = await box.must(['plan', 'training'], { env });
        expect(plan).toContain('(the check after `hubwright deploy training` has not passed)');
      } finally {
        hub.close();
        silent.close();
      }
    });
  });
});
