import { describe, expect, test } from 'vitest';
import { groupMeant, readStatus } from '../../../../../src/plan/kubernetes/nodes/autoscaler-status.ts';
import { autoscalerAtMaximum } from '../../../../../src/plan/doctor/checks/autoscaler-at-maximum.ts';
import { groupUnseen } from '../../../../../src/plan/doctor/checks/group-unseen.ts';
import { overview } from '../../../../../src/plan/kubernetes/nodes/overview.ts';
import { growthOf } from '../../../../../src/plan/kubernetes/nodes/quota.ts';
import { training } from '../observed.ts';
import { clusterSeen, found, node, statusText, waiting } from './kit.ts';

// As cluster-autoscaler 1.29 writes it (`clusterstate/api/utils.go`, `GetReadableString`).
const prose = `Cluster-autoscaler status at 2026-11-30 09:12:44.123456789 +0000 UTC:
Cluster-wide:
  Health:      Healthy (ready=4 unready=0 (resourceUnready=0) notStarted=0 longNotStarted=0 registered=4 longUnregistered=0)
               LastProbeTime:      2026-11-30 09:12:40 +0000 UTC
               LastTransitionTime: 2026-11-30 08:00:00 +0000 UTC
  ScaleUp:     NoActivity (ready=4 registered=4)
               LastProbeTime:      2026-11-30 09:12:40 +0000 UTC
  ScaleDown:   NoCandidates (candidates=0)

NodeGroups:
  Name:        default-worker-0a1b2c3d-0000-4000-8000-00000000abcd
  Health:      Healthy (ready=3 unready=0 (resourceUnready=0) notStarted=0 longNotStarted=0 registered=3 longUnregistered=0 cloudProviderTarget=4 (minSize=1, maxSize=4)
               LastProbeTime:      2026-11-30 09:12:40 +0000 UTC
  ScaleUp:     Backoff (ready=3 cloudProviderTarget=4)
               LastProbeTime:      2026-11-30 09:12:40 +0000 UTC
  ScaleDown:   NoCandidates (candidates=0)

  Name:        gpu
  Health:      Healthy (ready=0 unready=0 (resourceUnready=0) notStarted=0 longNotStarted=0 registered=0 longUnregistered=0 cloudProviderTarget=0 (minSize=0, maxSize=2)
  ScaleUp:     NoActivity (ready=0 cloudProviderTarget=0)

`;

describe('the status of the autoscaler', () => {
  test('is read from YAML, as 1.30 and newer write it', () => {
    const text = statusText([{ name: 'workers', target: 2, max: 4, scaleUp: 'Backoff' }]);
    expect(readStatus(text)).toEqual({
      state: 'Running',
      groups: [
        {
          id: 'MachineDeployment/clusters/training-workers',
          health: 'Healthy',
          ready: 2,
          target: 2,
          min: 0,
          max: 4,
          scaleUp: 'Backoff',
          backoff: 'machine failed',
        },
      ],
    });
  });

  test('is read from prose, as older ones write it', () => {
    expect(readStatus(prose)?.groups).toEqual([
      {
        id: 'default-worker-0a1b2c3d-0000-4000-8000-00000000abcd',
        health: 'Healthy',
        ready: 3,
        target: 4,
        min: 1,
        max: 4,
        scaleUp: 'Backoff',
        backoff: undefined,
      },
      expect.objectContaining({ id: 'gpu', target: 0, min: 0, max: 2, scaleUp: 'NoActivity' }),
    ]);
  });

  test('of one that has only begun has no groups', () => {
    expect(readStatus('autoscalerStatus: Initializing\n')).toEqual({ state: 'Initializing', groups: [] });
  });

  test.each(['', 'nonsense', '{', '- a'])('%j is none', (text) => {
    expect(readStatus(text)).toBeUndefined();
  });
});

test.each([
  ['MachineDeployment/clusters/training-workers', ['gpu', 'workers'], 'workers'],
  ['MachineDeployment/clusters/training-workers', ['training-workers'], 'training-workers'],
  ['default-worker-0a1b2c3d-0000-4000-8000-00000000abcd', ['default-worker'], 'default-worker'],
  ['MachineDeployment/clusters/training-workers', ['kers', 'gpu'], undefined],
  ['MachineDeployment/clusters/training-gpu-workers', ['workers', 'gpu-workers'], 'gpu-workers'],
  ['MachineDeployment/clusters/training-gpu-workers', ['gpu-workers', 'workers'], 'gpu-workers'],
  ['MachineDeployment/clusters/training-workers', ['gpu-workers', 'workers'], 'workers'],
])('%s means of %j: %s', (id, known, meant) => {
  expect(groupMeant(id, new Set(known))).toBe(meant);
});

describe('of groups whose names end alike', () => {
  const environment = training(`    scaling:
      flavors: { small: { cpu: 8, memory: 32G }, gpus: { cpu: 16, memory: 64G, gpus: 1 } }
      nodeGroups:
        workers: { flavor: small, min: 1, max: 20 }
        gpu-workers: { flavor: gpus, min: 0, max: 2 }
`);
  const away = { notSeen: 'It is away.', failed: true };
  const workers = { name: 'workers', target: 3, max: 20 };
  const gpus = { name: 'gpu-workers', target: 0, max: 2 };
  const told = (...groups: Parameters<typeof statusText>[0]) =>
    clusterSeen({ nodes: [], autoscaler: { status: { text: statusText(groups), ageSeconds: 10 } } });

  test.each([
    ['first', [workers, gpus]],
    ['last', [gpus, workers]],
  ])('each has its own numbers, with the shorter name %s', (_, groups) => {
    const { nodes, autoscaler } = told(...groups);
    const more = growthOf(environment, { nodes: nodes.nodes, autoscaler }, []);
    expect(more.map((one) => [one.group, one.target, one.more])).toEqual([
      ['workers', 3, 17],
      ['gpu-workers', 0, 2],
    ]);
    const views = overview(environment, {
      nodes: { seen: nodes },
      autoscaler: { seen: autoscaler },
      machines: away,
      compute: away,
    });
    expect(views.map(({ name, wanted, bounds }) => [name, wanted, bounds?.max])).toEqual([
      ['gpu-workers', 0, 2],
      ['workers', 3, 20],
    ]);
  });

  test('one is unseen though the autoscaler knows the other', () => {
    const unseen = found(groupUnseen, told(gpus), environment);
    expect(unseen.map(({ subject }) => subject)).toEqual(['workers']);
  });

  test('the one at its maximum is named, not the other', () => {
    const full = [
      { ...workers, max: 3 },
      { ...gpus, target: 2 },
    ];
    const status = { text: statusText(full.toReversed()), ageSeconds: 10 };
    const autoscaler = { status, waiting: [waiting('2 max node group size reached')] };
    const tainted = node('gpu-1', {
      labels: { 'capi.stackhpc.com/node-group': 'gpu-workers' },
      taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
    });
    const seen = clusterSeen({ nodes: [node('worker-1'), tainted], autoscaler });
    const [finding] = found(autoscalerAtMaximum, seen, environment);
    expect(finding?.fix).toContain('scale training-workers --max 4` allows');
    expect(finding?.fix).not.toContain('gpu');
  });
});
