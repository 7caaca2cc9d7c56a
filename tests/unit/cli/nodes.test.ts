import { expect, test } from 'vitest';
import { renderNodes } from '../../../src/cli/render/nodes.ts';
import type { NodesObserved } from '../../../src/plan/kubernetes/nodes/observed.ts';
import { overview } from '../../../src/plan/kubernetes/nodes/overview.ts';
import { oneLine } from '../../support/hubwright.ts';
import { clusterSeen, environment, server, waiting } from '../plan/kubernetes/nodes/kit.ts';
import { pipedIo } from './run.ts';

const away = { notSeen: 'It is away.', failed: true };

function shown(change: Parameters<typeof clusterSeen>[0], parts: Partial<NodesObserved> = {}): string {
  const { nodes, autoscaler } = clusterSeen(change);
  const observed = {
    nodes: { seen: nodes },
    autoscaler: { seen: autoscaler },
    machines: away,
    compute: away,
    ...parts,
  };
  const found = { findings: [], healthy: [], notRun: [] };
  const groups = overview(environment, observed);
  return oneLine(renderNodes({ environment: 'training', groups, observed, found }, pipedIo()));
}

test('whoever waits is named with the scheduler’s words, those of the same words together', () => {
  const scheduler = '0/3 nodes are available: 3 Insufficient memory.';
  const waiters = [
    waiting('', { scheduler }),
    waiting('', { scheduler, name: 'jupyter-cy', user: 'cy', elsewhere: 'testing' }),
  ];
  expect(shown({ waiting: waiters })).toContain(
    `waiting for a node for 2 min: the servers of ann, cy (testing). The scheduler: ${scheduler}`,
  );
  const coming = waiting('', { said: { reason: 'TriggeredScaleUp', message: '', ageSeconds: 5 } });
  expect(shown({ autoscaler: { waiting: [coming] } })).toContain('The autoscaler has asked for a node.');
});

test('people of other environments stand beside their namespace, and where they cannot be seen it is said', () => {
  const servers = [server('bo', 'worker-1'), server('cy', 'worker-1', 'testing')];
  expect(shown({ servers })).toContain('worker-1 workers small ready bo, cy (testing)');
  expect(shown({ onlyOwn: 'You may not list pods.' })).toMatch(
    /only this environment’s people are shown.* You may not list pods\./,
  );
});

test('an autoscaler that cannot be looked at hides neither nodes nor people', () => {
  const text = shown({}, { autoscaler: { notSeen: 'You may not.', failed: true } });
  expect(text).toContain('worker-1 workers small ready bo');
  expect(text).toContain('not looked at: its autoscaler. You may not.');
});
