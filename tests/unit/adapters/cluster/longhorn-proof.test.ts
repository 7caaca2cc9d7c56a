import { describe, expect, test } from 'vitest';
import { isAnother, isUntouched, marksOf, savedOf } from '../../../../src/adapters/cluster/longhorn/proof.ts';
import type { Kept, KeptVolume } from '../../../../src/adapters/cluster/longhorn/record.ts';
import type { Volume } from '../../../../src/adapters/cluster/longhorn/shapes.ts';

const left = '2026-11-30T09:00:00Z';

interface Given {
  readonly nodeID?: string;
  readonly state?: string;
  readonly lastPodRefAt?: string;
  readonly generation?: number;
  readonly uid?: string;
}

function volume({
  nodeID = '',
  state = 'detached',
  lastPodRefAt = left,
  generation = 5,
  uid = 'u',
}: Given = {}): Volume {
  return {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'Volume',
    metadata: { name: 'a', uid, generation, resourceVersion: '1', creationTimestamp: left },
    spec: { nodeID },
    status: { state, kubernetesStatus: { lastPodRefAt } },
  };
}

function kept(given: Partial<KeptVolume> = {}): KeptVolume {
  const at = {
    snapshot: 'a-1',
    backup: 'a-1',
    target: 'default',
    url: 'nfs://192.0.2.30:/backups?backup=a-1',
  };
  return { name: 'a', run: '1', ...at, labels: {}, spec: {}, marks: marksOf(volume()), ...given };
}

describe('what is saved of a volume', () => {
  test('counts while nobody has had it since', () => {
    expect(isUntouched(kept(), volume())).toBe(true);
  });

  test.each<[string, Given]>([
    ['it was attached and detached again', { generation: 7 }],
    ['a pod had it while it was saved', { lastPodRefAt: '2026-11-30T09:05:00Z' }],
    ['it is attached', { state: 'attached' }],
    ['it is about to be attached', { nodeID: 'node-1' }],
    ['it is another one of the same name', { uid: 'v' }],
  ])('does not count where %s', (_what, given) => {
    expect(isUntouched(kept(), volume(given))).toBe(false);
  });

  test('does not count where nothing of it was noted', () => {
    const { marks: _, ...bare } = kept();
    expect(isUntouched(bare, volume())).toBe(false);
  });

  test('is brought back only where its backup is whole, and of this run', () => {
    const { url: _, ...open } = kept({ name: 'open' });
    const old = kept({ name: 'old', run: '0' });
    const record = { kept: { run: '1' } as Kept, volumes: [kept(), open, old] };
    expect(savedOf(record).map(({ name }) => name)).toEqual(['a']);
  });
});

test('another Longhorn is told from the one that was to go, and none is not another', () => {
  expect(isAnother({ identity: 'one' }, 'two')).toBe(true);
  expect(isAnother({ identity: 'one' }, 'one')).toBe(false);
  expect(isAnother({ identity: 'one' }, undefined)).toBe(false);
  expect(isAnother({}, 'two')).toBe(false);
});
