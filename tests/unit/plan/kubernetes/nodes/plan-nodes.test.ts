import { describe, expect, test } from 'vitest';
import type { NodesIntent } from '../../../../../src/plan/kubernetes/nodes/change.ts';
import type {
  ClusterRelease,
  Machine,
  MachineGroup,
  MachinesSeen,
} from '../../../../../src/plan/kubernetes/nodes/machines.ts';
import type { NodesObserved, NodesSeen } from '../../../../../src/plan/kubernetes/nodes/observed.ts';
import { planFlavor } from '../../../../../src/plan/kubernetes/nodes/plan-flavor.ts';
import { planScale } from '../../../../../src/plan/kubernetes/nodes/plan-scale.ts';
import { computeSeen, environment, machineGroup, machinesSeen, nodesSeen, server } from './kit.ts';

function machine(name: string, change: Partial<Machine> = {}): Machine {
  return {
    name,
    phase: 'Running',
    node: name,
    deleting: false,
    ageSeconds: 9000,
    says: [],
    ...change,
  };
}

const workers = machineGroup({ machines: [machine('worker-1'), machine('worker-2')] });

interface Given {
  readonly group?: MachineGroup;
  readonly machines?: Partial<MachinesSeen>;
  readonly nodes?: NodesSeen;
  readonly compute?: NodesObserved['compute'];
  readonly noChart?: string;
}

function looked({ group = workers, machines = {}, nodes = nodesSeen(), compute, noChart }: Given) {
  const observed: NodesObserved = {
    nodes: { seen: nodes },
    machines: { seen: { ...machinesSeen(group), ...machines } },
    compute: compute ?? { seen: computeSeen() },
  };
  return { environment, observed, noChart };
}

type Scale = Omit<Extract<NodesIntent, { kind: 'scale' }>, 'kind' | 'group'>;

const scale = (ends: Scale, given: Given = {}) =>
  planScale({ ...looked(given), intent: { kind: 'scale', group: 'workers', ...ends } });

const flavor = (name: string, given: Given = {}, stopServers = false) =>
  planFlavor({ ...looked(given), intent: { kind: 'flavor', group: 'workers', flavor: name, stopServers } });

const release: ClusterRelease = {
  name: 'training',
  namespace: 'clusters',
  chart: { name: 'openstack-cluster', version: '0.16.0' },
  revision: 4,
  status: 'deployed',
  nodeGroups: [{ name: 'workers', autoscale: true, machineCountMin: 1, machineCountMax: 4 }],
  nodeGroupDefaults: {},
  controlPlane: {},
};

describe('other bounds', () => {
  test('are put on the object, and touch nobody', () => {
    const { steps, impacts, notes } = scale({ max: 6 });
    expect(steps.map(({ title, action }) => [title, action])).toEqual([
      [
        'workers: 1 to 6 nodes',
        {
          kind: 'scaleMachines',
          group: workers.ref,
          bounds: { min: 1, max: 6 },
          replicas: undefined,
          goFirst: [],
        },
      ],
    ]);
    expect(impacts).toEqual([{ kind: 'untouched', people: ['bo'], text: '1 server keeps running: bo.' }]);
    expect(notes.map(({ text }) => text)).toEqual(['the file still says 1 to 4 for workers: correct it']);
  });

  test('above the number of machines make machines', () => {
    expect(scale({ min: 3 }).steps[0]?.action).toMatchObject({ bounds: { min: 3, max: 4 }, replicas: 3 });
  });

  test('that are so already are nothing to do', () => {
    expect(scale({ min: 1, max: 4 }).steps).toEqual([]);
  });

  test('are never below the nodes that people are on', () => {
    const servers = [server('ann', 'worker-1'), server('bo', 'worker-2')];
    expect(scale({ min: 0, max: 1 }, { nodes: nodesSeen({ servers }) }).refusal?.what).toBe(
      "workers cannot have 1 nodes: people's servers are on 2 (ann, bo).",
    );
  });

  test('of a fixed group let the machines go first that nobody is on', () => {
    const group = { ...workers, bounds: undefined };
    expect(scale({ min: 1, max: 1 }, { group }).steps[0]?.action).toEqual({
      kind: 'scaleMachines',
      group: workers.ref,
      bounds: undefined,
      replicas: 1,
      goFirst: [
        { apiVersion: workers.ref.apiVersion, kind: 'Machine', namespace: 'clusters', name: 'worker-2' },
      ],
    });
  });

  test('that need machines beyond the quota are refused, and a maximum beyond it is told', () => {
    const compute = { seen: computeSeen({ cores: { used: 20, most: 30 } }) };
    expect(scale({ min: 4 }, { compute }).refusal?.what).toContain('The quota has no room for 2 more nodes');
    expect(scale({ max: 9 }, { compute }).notes[0]?.text).toContain(
      'the quota lasts for 1 of the 7 nodes more',
    );
  });

  test('without access to the cloud are planned, and it is said', () => {
    const compute = { notSeen: 'No cloud.', failed: false };
    expect(scale({ max: 6 }, { compute }).notes[0]?.text).toBe('the quota was not looked at: No cloud.');
  });

  test('of a release are its values; raising the minimum asks for machines too', () => {
    const { steps, changes } = scale({ min: 3, max: 6 }, { machines: { release } });
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['scale:workers', []],
      ['replicas:workers', ['scale:workers']],
    ]);
    expect(changes?.[0]?.values.map(({ path }) => path)).toEqual([
      'nodeGroups[workers].machineCountMin',
      'nodeGroups[workers].machineCountMax',
    ]);
  });

  test.each([
    ['its chart cannot be had', {}, 'No chart.', 'No chart.'],
    ['its newest revision is broken', { status: 'pending-upgrade' }, undefined, 'is pending-upgrade'],
  ])('of a release are told where %s', (_, change, noChart, why) => {
    const given = { machines: { release: { ...release, ...change } }, ...(noChart ? { noChart } : {}) };
    const { refusal } = scale({ max: 6 }, given);
    expect(refusal?.what).toContain(why);
    expect(refusal?.details).toBe('    nodeGroups[workers].machineCountMax: 6');
  });

  test('of a release of another chart are left alone', () => {
    const other = { ...release, chart: { name: 'our-cluster', version: '1.0.0' } };
    expect(scale({ max: 6 }, { machines: { release: other } }).refusal?.what).toContain('our-cluster');
  });
});

describe('another flavour', () => {
  const ids = ({ steps }: ReturnType<typeof flavor>): string[] => steps.map(({ id }) => id);

  test('that the cloud does not have is refused, with those that it has', () => {
    const { refusal } = flavor('gpus');
    expect(refusal?.what).toBe('The cloud has no flavour gpus for this project.');
    expect(refusal?.fix).toBe('It has small.');
  });

  test('is planned step by step', () => {
    const compute = { seen: { ...computeSeen(), flavors: [...computeSeen().flavors, big] } };
    const plan = flavor('big', { compute });
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'rollout:workers',
      'keep-servers',
      'flavor:workers',
      'follow:workers',
      'forget-servers',
    ]);
    expect(plan.steps[2]?.needs).toEqual(['rollout:workers', 'keep-servers']);
    expect(plan.impacts[0]).toMatchObject({ kind: 'nextStart', people: ['bo'] });
  });

  test('that is asked for already is only followed', () => {
    const counts = { ...workers.counts, upToDate: 1 };
    expect(ids(flavor('small', { group: { ...workers, counts } }))).toEqual([
      'follow:workers',
      'forget-servers',
    ]);
    expect(ids(flavor('small'))).toEqual([]);
  });

  test('that has come, but whose command was ended before it cleaned up, is cleaned up after', () => {
    expect(ids(flavor('small', { machines: { keepsServers: true } }))).toEqual(['forget-servers']);
  });

  test('is refused where people would be cut off, until somebody says so', () => {
    const machines = { drainBehaviors: ['Drain', 'Skip'] };
    const given = { machines, compute: { seen: { ...computeSeen(), flavors: [big] } } };
    expect(flavor('big', given).refusal?.what).toContain('the servers of bo would be stopped');
    const { impacts, steps } = flavor('big', given, true);
    expect(impacts[0]).toMatchObject({ kind: 'serverStops', people: ['bo'] });
    expect(steps.map(({ id }) => id)).not.toContain('keep-servers');
  });

  test('needs quota for a machine more, and for each that waits for people', () => {
    const quota = computeSeen({ cores: { used: 20, most: 32 } }).quota;
    const compute = { seen: { flavors: [...computeSeen().flavors, big], quota } };
    expect(flavor('big', { compute }).refusal?.what).toContain('a new machine comes before an old one goes');
  });

  test('is refused where a server that runs has no place on it', () => {
    const tiny = { name: 'tiny', cores: 1, memory: 1024 ** 3, gpus: 0 };
    const compute = { seen: { ...computeSeen(), flavors: [...computeSeen().flavors, tiny] } };
    const nodes = nodesSeen({ servers: [{ ...server('bo', 'worker-1'), profile: 'standard' }] });
    expect(flavor('tiny', { compute, nodes }).refusal?.what).toContain('has no room for one');
  });
});

const big = { name: 'big', cores: 16, memory: 64 * 1024 ** 3, gpus: 0 };
