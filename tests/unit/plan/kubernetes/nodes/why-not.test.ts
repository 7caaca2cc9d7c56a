import { describe, expect, test } from 'vitest';
import { reasonsOf, waitingByReason, whoWaits } from '../../../../../src/plan/kubernetes/nodes/why-not.ts';
import { clusterSeen, waiting } from './kit.ts';

describe('why the autoscaler brings no node, in plain words', () => {
  test.each([
    ['2 max node group size reached', 'maximum', 2, 'at its maximum'],
    ['1 in backoff after failed scale-up', 'backoff', 1, 'a node that was asked for did not come'],
    ['1 not ready for scale-up', 'notReady', 1, 'too many of its nodes are not ready'],
    ['1 exceeded quota: "team", resources: cpu', 'limits', 1, 'limits of the autoscaler itself'],
    ['1 max cluster cpu, memory limit reached', 'limits', 1, 'limits of the autoscaler itself'],
    ['3 Insufficient nvidia.com/gpu', 'tooSmall', 3, 'too little nvidia.com/gpu'],
    ['1 node(s) had untolerated taint {nvidia.com/gpu: present}', 'taint', 1, '{nvidia.com/gpu: present}'],
    ["1 node(s) didn't match Pod's node affinity/selector", 'labels', 1, 'lack the labels'],
    ['1 node(s) had volume node affinity conflict', 'volume', 1, 'the volume of the home'],
    ['1 something new', 'other', 1, 'something new'],
  ] as const)('%s', (text, kind, groups, words) => {
    expect(reasonsOf(`pod didn't trigger scale-up: ${text}`)).toEqual([
      { kind, groups, words: expect.stringContaining(words) as string },
    ]);
  });

  test('of several groups has each reason with its number', () => {
    const reasons = reasonsOf(
      "pod didn't trigger scale-up: 1 Insufficient cpu, 2 max node group size reached",
    );
    expect(reasons.map(({ kind, groups }) => [kind, groups])).toEqual([
      ['tooSmall', 1],
      ['maximum', 2],
    ]);
  });

  test('of the whole cluster has no number', () => {
    expect(reasonsOf("pod didn't trigger scale-up: max total nodes in cluster reached")).toEqual([
      { kind: 'allNodes', groups: 1, words: expect.stringContaining('--max-nodes-total') as string },
    ]);
  });
});

function byReason(waiters: ReturnType<typeof waiting>[]) {
  const { nodes, autoscaler } = clusterSeen({ autoscaler: { waiting: waiters } });
  return waitingByReason(nodes, autoscaler);
}

describe('those who wait', () => {
  test('for the same reason are told of together', () => {
    const pods = [
      waiting('1 Insufficient memory'),
      waiting('1 Insufficient memory', { name: 'jupyter-bo', user: 'bo' }),
      waiting('1 max node group size reached', { name: 'jupyter-cy', user: 'cy' }),
    ];
    expect(byReason(pods).map((one) => whoWaits(one.pods))).toEqual([
      'the servers of ann, bo',
      'the server of cy',
    ]);
  });

  test('are people, placeholders and other pods, each as what they are', () => {
    const pods = [
      waiting('', { elsewhere: 'testing' }),
      waiting('', { user: undefined, name: 'placeholder-standard-x' }),
      waiting('', { user: undefined, profile: undefined, name: 'hub-1' }),
    ];
    expect(whoWaits(pods)).toBe('the server of ann (testing) and 1 placeholder and pod hub-1');
  });

  test('are told apart from those for whom a node comes', () => {
    const coming = waiting('', {
      said: {
        reason: 'TriggeredScaleUp',
        message: 'pod triggered scale-up: [{G 1->2 (max: 5)}]',
        ageSeconds: 5,
      },
    });
    expect(byReason([coming])).toEqual([{ pods: [coming], said: coming.said, reasons: [], comes: true }]);
  });

  test('may be placeholders', () => {
    expect(whoWaits([waiting(''), waiting('', { user: undefined }), waiting('', { user: undefined })])).toBe(
      'the server of ann and 2 placeholders',
    );
  });
});
