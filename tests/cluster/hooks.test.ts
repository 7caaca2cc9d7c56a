import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { events } from '../support/hubwright.ts';
import { inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify', '--timeout', '14s'];

/** A hook whose image cannot be pulled. */
const more = `helmValues:
  jupyterhub: { prePuller: { hook: { image: { name: missing.test/awaiter, tag: "1" } } } }
`;
const reason = /Job \S+\/hook-image-awaiter: not done yet; image pull backs off: missing\.test\/awaiter:1/;

for (const major of ['helm3', 'helm4'] as const) {
  describe.concurrent(`while a hook of ${major} is waited for`, () => {
    test('its reason is told, to machines and in a log', async ({ cluster, namespace, helm3, helm4 }) => {
      const given = { namespace, kubeconfig: cluster.kubeconfig, helm: { helm3, helm4 }[major], more };
      await inCourse(given, async (box, env) => {
        const forMachines = await box.run([...deploy, '--json'], { env });
        expect(forMachines.exitCode).toBe(1);
        const told = events(forMachines.stdout).filter(({ type }) => type === 'stepProgress');
        expect(told).toContainEqual({
          type: 'stepProgress',
          id: 'jupyterhub:release',
          text: expect.stringMatching(reason) as string,
        });
        const { stderr } = await box.run(deploy, { env });
        expect(stderr).toMatch(new RegExp(`^… JupyterHub: release ${namespace}: ${reason.source}`, 'm'));
      });
    });
  });
}
