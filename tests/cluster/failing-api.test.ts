import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import type { ClusterClient } from '../support/cluster.ts';
import { startFlakyProxy } from '../support/flaky-proxy.ts';
import { type Sandbox, events } from '../support/hubwright.ts';
import { revisions, settles } from './faults.ts';
import { type ClusterEnv, course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

describe.concurrent('an API server that fails one request of five', () => {
  // One that hangs costs the tool 20 seconds, and Helm as long as the proxy keeps it.
  const faults = [429, 500, 503, 'reset', 'lost', 429, 500, 503, 'reset', 'lost', 'hang'] as const;

  for (const [what, helm, seed] of [
    ['a first deploy', 'helm3', 1],
    ['a change', 'helm3', 2],
    ['a change', 'helm4', 3],
    ['a rollback', 'helm3', 4],
    ['a destroy', 'helm4', 5],
  ] as const) {
    test(
      `lets ${what} end well or with its reason, and the next one finishes (${helm}, seed ${seed})`,
      { timeout: 300_000 },
      async ({ cluster, namespace, helm3, helm4 }) => {
        const proxy = await startFlakyProxy({
          kubeconfig: cluster.kubeconfig,
          seed,
          faults,
          rate: 0,
          hangSeconds: 25,
        });
        const given = { namespace, kubeconfig: proxy.kubeconfig, helm: { helm3, helm4 }[helm] };
        try {
          await inCourse(given, async (box, env) => {
            const { before, args, after } = works[what];
            await before({ box, env, namespace });
            proxy.rate = 0.2;
            const { exitCode, stdout } = await box.run([...args, '--json', '--timeout', '8s'], { env });
            proxy.rate = 0;
            expect([...proxy.happened.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3);
            const last = events(stdout).at(-1);
            expect(last?.type).toBe(exitCode === 0 ? 'result' : 'error');
            if (exitCode !== 0) expect(last?.['fix'], JSON.stringify(last)).toMatch(/again|continues|repair/);
            await after({ box, env, namespace, cluster });
          });
        } finally {
          await proxy.stop();
        }
      },
    );
  }
});

interface At {
  readonly box: Sandbox;
  readonly env: ClusterEnv;
  readonly namespace: string;
}

interface Work {
  readonly before: (at: At) => Promise<unknown>;
  readonly args: readonly string[];
  /** The next one finishes. */
  readonly after: (at: At & { readonly cluster: ClusterClient }) => Promise<unknown>;
}

const otherFile = ({ box, namespace }: At): Promise<string> =>
  box.write('hub.yaml', course({ namespace, memory: '3G' }));
const settled = ({ box, env, ...where }: Parameters<Work['after']>[0]): Promise<unknown> =>
  settles(box, env, where);
const back = ['rollback', 'training', '--to', '1', '--yes'];
const destroy = ['destroy', 'training', '--yes-destroy', 'training', '--no-save'];

const works: Readonly<Record<'a first deploy' | 'a change' | 'a rollback' | 'a destroy', Work>> = {
  'a first deploy': { before: otherFile, args: deploy, after: settled },
  'a change': {
    before: async (at) => {
      await at.box.must(deploy, { env: at.env });
      await otherFile(at);
    },
    args: deploy,
    after: settled,
  },
  'a rollback': {
    before: async (at) => {
      await at.box.must(deploy, { env: at.env });
      await otherFile(at);
      await at.box.must(deploy, { env: at.env });
    },
    args: back,
    after: async ({ box, env, namespace }) => {
      const { exitCode, stderr } = await box.run(back, { env });
      expect(exitCode, stderr).toBe(0);
      await box.write('hub.yaml', course({ namespace }));
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    },
  },
  'a destroy': {
    before: ({ box, env }) => box.must(deploy, { env }),
    args: destroy,
    after: async ({ box, env, namespace, cluster }) => {
      await box.must(destroy, { env });
      expect(await box.must(destroy, { env })).toBe('Nothing of training is there.\n');
      expect(await revisions(cluster, namespace)).toEqual([]);
    },
  },
};
