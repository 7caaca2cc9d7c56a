import { describe, expect, test } from 'vitest';
import { gpuNotes } from '../../../../src/plan/kubernetes/gpus.ts';
import type { ObservedNode } from '../../../../src/plan/kubernetes/observed.ts';
import { planDeploy } from '../../../../src/plan/kubernetes/plan-deploy.ts';
import { hubSystem, released, running, training } from './observed.ts';

const environment = training(`      gpu:
        displayName: GPU
        image: example.org/a:1
        gpus: { count: 2, toleration: { key: dedicated, operator: Exists, effect: NoSchedule } }
        nodeSelector: { group: gpu }`);

function node(name: string, of: Partial<ObservedNode> = {}): ObservedNode {
  return { name, ready: true, labels: {}, taints: [], allocatable: { cpu: '8', memory: '32Gi' }, ...of };
}

const offering = (count: string) =>
  node('gpu-1', { labels: { group: 'gpu' }, allocatable: { 'nvidia.com/gpu': count } });
const none = 'no node with group=gpu offers 2 of nvidia.com/gpu now';

describe('a profile with GPUs', () => {
  test.each<[string, ObservedNode[]]>([
    ['a node offers enough', [node('worker-1'), offering('2')]],
    ['no node is known', []],
  ])('needs no note where %s', (_, nodes) => {
    expect(gpuNotes(environment, nodes)).toEqual([]);
  });

  test('waits for a node where none offers them', () => {
    expect(gpuNotes(environment, [node('worker-1')])).toEqual([
      {
        severity: 'info',
        text: `${none}: servers of gpu wait until one that does has come, from the autoscaler or by hand`,
      },
    ]);
  });

  test('waits for a larger node where none offers as many', () => {
    expect(gpuNotes(environment, [offering('1')])[0]?.text).toBe(
      `${none}: servers of gpu wait until one that does has come, from the autoscaler or by hand`,
    );
  });

  test.each<[string, Partial<ObservedNode>]>([
    ['by the taint of its kind', { taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] }],
    ['by the taint that the profile tolerates', { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] }],
    ['by NVIDIA’s feature discovery', { labels: { 'nvidia.com/gpu.present': 'true' } }],
    ['by its PCI devices', { labels: { 'feature.node.kubernetes.io/pci-10de.present': 'true' } }],
    ['because the profile selects it', { labels: { group: 'gpu' } }],
    [
      'with a plugin that has found none',
      { allocatable: { 'nvidia.com/gpu': '0' }, labels: { 'nvidia.com/gpu.present': 'true' } },
    ],
  ])('misses the device plugin on a node that has GPUs %s', (_, of) => {
    expect(gpuNotes(environment, [node('worker-1'), node('gpu-1', of)])).toEqual([
      {
        severity: 'warning',
        text: `${none}, though gpu-1 is marked as having GPUs: the device plugin or the driver is missing there, or is not ready, and servers of gpu wait until it is`,
      },
    ]);
  });

  test('is told of in the plan', () => {
    const observed = running(released(), { nodes: [node('worker-1')] });
    const { notes } = planDeploy({ environment, systems: [hubSystem()], observed, rendered: {} });
    expect(notes.map(({ text }) => text)).toContainEqual(expect.stringContaining(none));
  });
});
