import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Seating, capacityOf, nodesFor } from '../../../../../src/plan/kubernetes/nodes/capacity.ts';
import type { FlavorSeen, NodeSeen } from '../../../../../src/plan/kubernetes/nodes/observed.ts';
import { type Room, leftOf, seatsIn } from '../../../../../src/plan/kubernetes/nodes/room.ts';
import { training } from '../observed.ts';

const file = `      large:
        displayName: Large
        image: example.org/a:1
        cpu: { guarantee: 2 }
        memory: { limit: 25G }
        placeholders: 1
      gpu:
        displayName: GPU
        image: example.org/a:1
        memory: { limit: 8G }
        gpus: { count: 1, toleration: { key: nvidia.com/gpu, operator: Exists } }
    scaling:
      flavors: { small: { cpu: 8, memory: 32G }, gpus: { cpu: 16, memory: 64G, gpus: 2 } }
      nodeGroups:
        workers: { flavor: small, min: 1, max: 4 }
        gpu: { flavor: gpus, min: 0, max: 2 }
`;
const environment = training(file);
const gib = 1024 ** 3;

function node(change: Partial<NodeSeen> = {}): NodeSeen {
  return {
    name: 'worker-1',
    ready: true,
    labels: { 'capi.stackhpc.com/node-group': 'workers', 'node.kubernetes.io/instance-type': 'small' },
    taints: [],
    annotations: {},
    allocatable: { cpu: '7500m', memory: '30Gi', pods: '110' },
    daemons: [],
    unschedulable: false,
    ...change,
  };
}

function seating(
  profile: string,
  group: string,
  { nodes, flavors, people }: { nodes?: NodeSeen[]; flavors?: FlavorSeen[]; people?: number } = {},
): Seating {
  const found = capacityOf(environment, { nodes, flavors }, people).seatings.find(
    (one) => one.profile === profile && one.group === group,
  );
  if (found === undefined) throw new Error(`no ${profile} on ${group}`);
  return found;
}

describe('seats on a node', () => {
  test('of a flavour that the file describes are what nine tenths of it hold', () => {
    expect(seating('standard', 'workers').seats).toBe(16);
    expect(seating('large', 'workers').seats).toBe(1);
    expect(seating('gpu', 'gpu').seats).toBe(2);
  });

  test('of a node that is there are what it offers without its DaemonSets', () => {
    const bare = seating('standard', 'workers', { nodes: [node()] });
    const busy = node({ daemons: [[{ memory: '10Gi' }, { memory: '2Gi', cpu: '100m' }]] });
    expect(bare.seats).toBe(16);
    expect(seating('standard', 'workers', { nodes: [busy] }).seats).toBe(10);
  });

  test('are those of the smallest node of a group', () => {
    const small = node({ name: 'worker-2', allocatable: { cpu: '7500m', memory: '4Gi', pods: '110' } });
    expect(seating('standard', 'workers', { nodes: [node(), small] }).seats).toBe(2);
  });

  test('are those of the cloud’s flavour where no node is there', () => {
    const flavors = [{ name: 'small', cores: 8, memory: 16 * gib, gpus: 0 }];
    expect(seating('standard', 'workers', { flavors }).seats).toBe(8);
  });

  test('are not told by a node of another flavour than the file asks for', () => {
    const old = node({ labels: { ...node().labels, 'node.kubernetes.io/instance-type': 'tiny' } });
    expect(capacityOf(environment, { nodes: [old], flavors: undefined }, 1).kinds[0]?.from).toBe('file');
  });

  test('are none, with the reason, where the profile does not fit, is refused, or needs GPUs', () => {
    expect(seating('gpu', 'workers')).toMatchObject({ seats: 0, why: 'too little nvidia.com/gpu' });
    const tainted = node({ taints: [{ key: 'team', value: 'b', effect: 'NoSchedule' }] });
    expect(seating('standard', 'workers', { nodes: [tainted] })).toMatchObject({
      seats: 0,
      why: 'its taint team=b:NoSchedule is not tolerated',
    });
  });

  test('are none on nodes that the chart’s own node affinity rules out', () => {
    const strict = { scheduling: { userPods: { nodeAffinity: { matchNodePurpose: 'require' } } } };
    const { seatings } = capacityOf(
      { ...environment, helmValues: { jupyterhub: strict } },
      { nodes: [node()], flavors: undefined },
      undefined,
    );
    expect(seatings.filter(({ group }) => group === 'workers').map(({ seats }) => seats)).toEqual([0, 0, 0]);
  });

  test('end at the number of pods that a node takes', () => {
    const crowded = node({ allocatable: { cpu: '64', memory: '900Gi', pods: '12' }, daemons: [[], []] });
    expect(seating('standard', 'workers', { nodes: [crowded] }).seats).toBe(10);
  });
});

describe('capacity', () => {
  test('counts nodes for the people and the seats that are kept warm, and seats at the maximum', () => {
    expect(seating('large', 'workers', { people: 5 })).toMatchObject({ nodes: 6, most: 4 });
    expect(seating('standard', 'workers', { people: 33 })).toMatchObject({ nodes: 3, most: 64 });
  });

  test('says what of a full node is left over', () => {
    const { unused } = seating('large', 'workers');
    expect(unused.cpu).toBeCloseTo(1 - 2 / 7.2);
    expect(unused.memory).toBeCloseTo(1 - 25 / 28.8);
  });

  test('says on which nodes a placeholder fits, and that one fits nowhere', () => {
    const fits = capacityOf(environment, { nodes: undefined, flavors: undefined }, 1);
    expect(fits.placeholders).toEqual([{ profile: 'large', count: 1, fitsOn: ['workers', 'gpu'] }]);
    const small = training(file.replaceAll(/memory: (32|64)G/g, 'memory: 16G').replace('25G', '14.5G'));
    const nowhere = capacityOf(small, { nodes: undefined, flavors: undefined }, 1);
    expect(nowhere.notes.join()).toContain('placeholders of large fit on no node');
  });

  test('has the GPUs of a flavour also where no profile asks for them', () => {
    const lines = `    scaling:
      flavors: { gpus: { cpu: 16, memory: 64G, gpus: 2 } }
      nodeGroups: { gpu: { flavor: gpus, min: 0, max: 2 } }
`;
    const kinds = (sources: { nodes?: NodeSeen[]; flavors?: FlavorSeen[] }) =>
      capacityOf(training(lines), { nodes: undefined, flavors: undefined, ...sources }, 1).kinds[0];
    expect(kinds({})).toMatchObject({ from: 'file', gpus: 2 });
    const flavors = [{ name: 'gpus', cores: 16, memory: 64 * gib, gpus: 4 }];
    expect(kinds({ flavors })).toMatchObject({ from: 'cloud', gpus: 4 });
    const live = node({
      labels: { 'capi.stackhpc.com/node-group': 'gpu', 'node.kubernetes.io/instance-type': 'gpus' },
      allocatable: { cpu: '16', memory: '60Gi', pods: '110', 'nvidia.com/gpu': '1', 'rdma/hca': '63' },
    });
    expect(kinds({ nodes: [live] })).toMatchObject({ from: 'cluster', gpus: 1 });
  });

  test('names a group of which nothing is known', () => {
    const flavors = [{ name: 'small', cores: 8, memory: 32 * gib, gpus: 0 }];
    const bare = training('    scaling: { nodeGroups: { workers: { flavor: huge, min: 1, max: 2 } } }');
    expect(capacityOf(bare, { nodes: undefined, flavors }, 1).notes).toEqual([
      'what a node of workers has is not known: describe huge in `scaling.flavors`',
    ]);
  });

  test('knows the group of a node that does not tell it by its flavour, where one group alone has that', () => {
    const labels = { 'node.kubernetes.io/instance-type': 'small' };
    const found = capacityOf(environment, { nodes: [node({ labels })], flavors: undefined }, 1);
    expect(found.kinds.map(({ group, from }) => [group, from])).toEqual([
      ['workers', 'cluster'],
      ['gpu', 'file'],
    ]);
  });

  test('knows a group that only the cluster has, and leaves the control plane out', () => {
    const labels = { 'node-role.kubernetes.io/control-plane': '' };
    const nodes = [node(), node({ name: 'cp', labels })];
    expect(capacityOf(training(), { nodes, flavors: undefined }, 1).kinds.map(({ group }) => group)).toEqual([
      'workers',
    ]);
  });
});

const room: fc.Arbitrary<Room> = fc.record({
  cpu: fc.integer({ min: 0, max: 256_000 }),
  memory: fc.integer({ min: 0, max: 2 ** 42 }),
  pods: fc.integer({ min: 0, max: 500 }),
  gpus: fc.record({ 'nvidia.com/gpu': fc.integer({ min: 0, max: 16 }) }),
});
const needs: fc.Arbitrary<Room> = fc.record({
  cpu: fc.integer({ min: 0, max: 64_000 }),
  memory: fc.integer({ min: 0, max: 2 ** 40 }),
  pods: fc.constant(1),
  gpus: fc.oneof(fc.constant({}), fc.record({ 'nvidia.com/gpu': fc.integer({ min: 1, max: 8 }) })),
});

function amounts({ cpu, memory, pods, gpus }: Room): number[] {
  return [cpu, memory, pods, ...Object.values(gpus)];
}

describe('packing, whatever the node and the servers', () => {
  test('never takes more than the node has', () => {
    fc.assert(
      fc.property(room, needs, (has, asks) => {
        expect(amounts(leftOf(has, asks, seatsIn(has, asks))).every((left) => left >= 0)).toBe(true);
      }),
    );
  });

  test('leaves no room for one more', () => {
    fc.assert(
      fc.property(room, needs, (has, asks) => {
        const over = leftOf(has, asks, seatsIn(has, asks) + 1);
        const lacking = Object.keys(asks.gpus).some((name) => has.gpus[name] === undefined);
        expect(lacking || amounts(over).some((left) => left < 0)).toBe(true);
      }),
    );
  });

  test('needs no fewer nodes for more people, and has a seat for each of them', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(500), fc.integer({ min: 1, max: 300 }), (people, more, seats) => {
        const nodes = nodesFor(people, seats) ?? NaN;
        expect(nodesFor(people + more, seats)).toBeGreaterThanOrEqual(nodes);
        expect(nodes * seats).toBeGreaterThanOrEqual(people);
        expect((nodes - 1) * seats).toBeLessThan(Math.max(people, 1));
      }),
    );
  });
});
