import { describe, expect, test } from 'vitest';
import { meansGroup, readStatus } from '../../../../../src/plan/kubernetes/nodes/autoscaler-status.ts';
import { statusText } from './kit.ts';

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
  ['MachineDeployment/clusters/training-workers', 'workers', true],
  ['MachineDeployment/clusters/training-workers', 'training-workers', true],
  ['default-worker-0a1b2c3d-0000-4000-8000-00000000abcd', 'default-worker', true],
  ['MachineDeployment/clusters/training-workers', 'kers', false],
  ['MachineDeployment/clusters/training-workers', 'gpu', false],
])('%s means %s: %s', (id, group, means) => {
  expect(meansGroup(id, group)).toBe(means);
});
