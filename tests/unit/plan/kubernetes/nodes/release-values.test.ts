import { describe, expect, test } from 'vitest';
import type { ClusterRelease } from '../../../../../src/plan/kubernetes/nodes/machines.ts';
import {
  boundsChanges,
  flavorChanges,
  rolloutChanges,
  shownChanges,
} from '../../../../../src/plan/kubernetes/nodes/release-values.ts';

type Parts = Pick<ClusterRelease, 'nodeGroups' | 'nodeGroupDefaults' | 'controlPlane'>;

function parts(change: Partial<Parts> = {}): Parts {
  return {
    nodeGroups: [
      { name: 'gpu', machineCount: 1 },
      { name: 'workers', autoscale: true, machineCountMin: 1, machineCountMax: 4, machineFlavor: 'small' },
    ],
    nodeGroupDefaults: {},
    controlPlane: { machineFlavor: 'tiny' },
    ...change,
  };
}

describe('bounds in the values of capi-helm-charts', () => {
  test('are changed in the group’s own place of the list', () => {
    expect(boundsChanges(parts(), 'workers', { min: 1, max: 9 })).toEqual([
      { path: ['nodeGroups', 1, 'machineCountMax'], to: 9 },
    ]);
  });

  test('make a group autoscaled that was not', () => {
    expect(boundsChanges(parts(), 'gpu', { min: 1, max: 3 })).toEqual([
      { path: ['nodeGroups', 0, 'autoscale'], to: true },
      { path: ['nodeGroups', 0, 'machineCountMin'], to: 1 },
      { path: ['nodeGroups', 0, 'machineCountMax'], to: 3 },
    ]);
  });

  test('that are one number leave a group without autoscaler as it is', () => {
    expect(boundsChanges(parts(), 'gpu', { min: 2, max: 2 })).toEqual([
      { path: ['nodeGroups', 0, 'machineCount'], to: 2 },
    ]);
  });

  test('of 0 take a default away against which they would lose, and hand it down to the others', () => {
    const given = parts({ nodeGroupDefaults: { machineCountMin: 3 } });
    expect(boundsChanges(given, 'workers', { min: 0, max: 4 })).toEqual([
      { path: ['nodeGroups', 0, 'machineCountMin'], to: 3 },
      { path: ['nodeGroupDefaults', 'machineCountMin'], to: undefined },
      { path: ['nodeGroups', 1, 'machineCountMin'], to: 0 },
    ]);
  });

  test('of a group that the values do not have are nobody’s', () => {
    expect(boundsChanges(parts(), 'md-0', { min: 1, max: 2 })).toBeUndefined();
  });
});

test('a roll-out has what no default can take back: texts in place of zeros', () => {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: '0%' };
  expect(rolloutChanges(parts(), 'workers')).toEqual([
    { path: ['nodeGroups', 1, 'rolloutStrategy'], to: { type: 'RollingUpdate', rollingUpdate } },
    { path: ['nodeGroups', 1, 'nodeDrainTimeout'], to: '0s' },
  ]);
});

test.each([
  ['workers', ['nodeGroups', 1, 'machineFlavor']],
  ['control-plane', ['controlPlane', 'machineFlavor']],
])('the flavour of %s', (group, path) => {
  expect(flavorChanges(parts(), group, 'large')).toEqual([{ path, to: 'large' }]);
});

test('changes are shown by the names of groups, with what was there', () => {
  const changes = boundsChanges(parts(), 'workers', { min: 1, max: 9 }) ?? [];
  expect(shownChanges(parts(), changes)).toEqual([
    { path: 'nodeGroups[workers].machineCountMax', before: '4', after: '9' },
  ]);
});
