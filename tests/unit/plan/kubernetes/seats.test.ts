import { expect, test } from 'vitest';
import type { ObservedNode } from '../../../../src/plan/kubernetes/observed.ts';
import { noSeat } from '../../../../src/plan/kubernetes/seats.ts';
import { training } from './observed.ts';

const { profiles } = training(`      gpu:
        displayName: GPU
        image: example.org/a:1
        memory: { limit: 2G }
        gpus: { count: 2 }
        nodeSelector: { kind: a100 }`);

function why(slug: string, ...nodes: readonly Partial<ObservedNode>[]): string | undefined {
  const profile = profiles[slug];
  const whole = { name: 'worker', ready: true, labels: { kind: 'a100' }, taints: [], allocatable: {} };
  if (profile === undefined) throw new Error(`there is no ${slug}`);
  return noSeat(
    profile,
    nodes.map((node) => ({ ...whole, ...node })),
  );
}

const gpus = (count: string) => ({ allocatable: { 'nvidia.com/gpu': count } });

test('a profile without GPUs has a seat, also where no node is there yet', () => {
  expect(why('standard')).toBeUndefined();
});

test('a profile with GPUs has one where a node offers as many', () => {
  expect(why('gpu', gpus('1'), gpus('2'))).toBeUndefined();
});

test.each([
  ['no node', []],
  ['a node without', [{}]],
  ['two nodes that have too few each', [gpus('1'), gpus('1')]],
  ['a node of another kind', [{ ...gpus('4'), labels: { kind: 't4' } }]],
  ['a node that is not ready', [{ ...gpus('4'), ready: false }]],
] as const)('and none with %s', (_, nodes) => {
  expect(why('gpu', ...nodes)).toBe('no node with kind=a100 offers 2 of nvidia.com/gpu now');
});
