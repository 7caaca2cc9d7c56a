import { describe, expect, test } from 'vitest';
import type { NodesIntent } from '../../../../../src/plan/kubernetes/nodes/change.ts';
import type {
  ClusterRelease,
  Machine,
  MachineGroup,
  MachinesSeen,
} from '../../../../../src/plan/kubernetes/nodes/machines.ts';
import type { NodesObserved } from '../../../../../src/plan/kubernetes/nodes/observed.ts';
import { planFlavor } from '../../../../../src/plan/kubernetes/nodes/plan-flavor.ts';
import { planScale } from '../../../../../src/plan/kubernetes/nodes/plan-scale.ts';
import { clusterSeen, computeSeen, environment, machineGroup, machinesSeen, server } from './kit.ts';

function machine(name: string, change: Partial<Machine> = {}): Machine {
  return {
    name,
    phase: 'Running',
    node: name,
    deleting: false,
    template: 'training-workers-1',
    flavor: 'small',
    ageSeconds: 9000,
    says: [],
    ...change,
  };
}

const workers = machineGroup({ machines: [machine('worker-1'), machine('worker-2')] });

interface Given {
  readonly group?: MachineGroup;
  readonly machines?: Partial<MachinesSeen>;
  readonly nodes?: NodesObserved['nodes'];
  readonly compute?: NodesObserved['compute'];
  readonly noChart?: string;
}

function looked({
  group = workers,
  machines = {},
  nodes = { seen: clusterSeen().nodes },
  compute,
  noChart,
}: Given) {
  const observed: NodesObserved = {
    nodes,
    autoscaler: { seen: clusterSeen().autoscaler },
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
    expect(scale({ min: 0, max: 1 }, { nodes: { seen: clusterSeen({ servers }).nodes } }).refusal?.what).toBe(
      "workers cannot have 1 nodes: people's servers are on 2 (ann, bo).",
    );
  });

  test('count people of other environments on the same nodes', () => {
    const servers = [server('ann', 'worker-1'), server('bo', 'worker-2', 'testing')];
    const { refusal } = scale({ max: 1 }, { nodes: { seen: clusterSeen({ servers }).nodes } });
    expect(refusal?.what).toBe("workers cannot have 1 nodes: people's servers are on 2 (ann, bo (testing)).");
  });

  test.each([
    ['a fixed group', { ...workers, bounds: undefined }, { min: 0, max: 0 }],
    ['a group that grows', workers, { max: 1 }],
  ])('that take nodes from %s are refused where nobody knows who is on them', (_, group, ends) => {
    const { refusal, steps } = scale(ends, { group, nodes: away });
    expect(refusal?.what).toBe(
      'workers cannot have fewer than its 2 nodes: whose servers are on them was not seen.',
    );
    expect(refusal?.fix).toContain('You may not list nodes.');
    expect(steps).toEqual([]);
  });

  test('that take none are planned all the same, and nobody is said not to work', () => {
    const { refusal, impacts } = scale({ max: 6 }, { nodes: away });
    expect(refusal).toBeUndefined();
    expect(impacts[0]?.text).toBe('Servers keep running; whose they are was not seen.');
  });

  test('say that people of other environments could not be looked for', () => {
    const nodes = { seen: clusterSeen({ onlyOwn: 'You may not list pods in the whole cluster.' }).nodes };
    expect(scale({ max: 6 }, { nodes }).notes[0]?.text).toBe(
      'people of other environments were not looked for: You may not list pods in the whole cluster.',
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

  test('of a fixed group mark no more machines than go, and first those that are no nodes yet', () => {
    const machines = [
      machine('worker-0', { deleting: true }),
      ...workers.machines,
      machine('worker-3'),
      machine('worker-4', { node: undefined, phase: 'Provisioning' }),
    ];
    const counts = { wanted: 5, all: 5, ready: 3, upToDate: 5 };
    const group = { ...workers, bounds: undefined, machines, counts };
    expect(scale({ min: 2, max: 2 }, { group }).steps[0]?.action).toMatchObject({
      replicas: 2,
      goFirst: [{ name: 'worker-4' }, { name: 'worker-2' }],
    });
  });

  test('that need machines beyond the quota are refused, and a maximum beyond it is told', () => {
    const compute = { seen: computeSeen({ cores: { used: 20, most: 30 } }) };
    expect(scale({ min: 4 }, { compute }).refusal?.what).toContain('The quota has no room for 2 more nodes');
    expect(scale({ max: 9 }, { compute }).notes[0]?.text).toContain(
      'the quota lasts for 1 of the 7 nodes more',
    );
  });

  test('need a port for each network of each machine', () => {
    const compute = { seen: computeSeen({ ports: { used: 46, most: 50 } }) };
    const group = { ...workers, template: workers.template && { ...workers.template, ports: 3 } };
    expect(scale({ min: 4 }, { compute }).refusal).toBeUndefined();
    expect(scale({ min: 4 }, { compute, group }).refusal?.what).toContain(
      'The quota has no room for 2 more nodes of workers: 46 of 50 ports are used, and a node takes 3.',
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

  test('of a fixed group of a release mark the machines first that nobody is on', () => {
    const nodeGroups = [{ name: 'workers', machineCount: 2 }];
    const fixed = { ...release, nodeGroups };
    const group = { ...workers, bounds: undefined };
    const { steps } = scale({ min: 1, max: 1 }, { group, machines: { release: fixed } });
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['mark:workers', []],
      ['scale:workers', ['mark:workers']],
    ]);
    expect(steps[0]?.action).toMatchObject({
      kind: 'scaleMachines',
      replicas: undefined,
      goFirst: [{ name: 'worker-2' }],
    });
    const more = scale({ min: 3, max: 3 }, { group, machines: { release: fixed } });
    expect(more.steps.map(({ id }) => id)).toEqual(['scale:workers']);
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

  test('of a release that an own run has left pending are sent again', () => {
    const left = { ...release, status: 'pending-upgrade', lockedIn: 'jupyterhub' };
    const { steps } = scale({ max: 4 }, { machines: { release: left } });
    expect(steps.map(({ action }) => action)).toEqual([
      expect.objectContaining({ kind: 'changeClusterRelease', revision: 4, changes: [] }),
    ]);
    const other = { ...left, lockedIn: 'elsewhere' };
    expect(scale({ max: 6 }, { machines: { release: other } }).refusal?.what).toContain('is pending-upgrade');
  });

  test('of a release of another chart are left alone', () => {
    const other = { ...release, chart: { name: 'our-cluster', version: '1.0.0' } };
    expect(scale({ max: 6 }, { machines: { release: other } }).refusal?.what).toContain('our-cluster');
  });
});

describe('bounds on the command line of the autoscaler', () => {
  const ref = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'kube-system',
    name: 'cluster-autoscaler',
  };
  const deployment = { ref, ready: true, words: ['--nodes=1:4:workers'] };
  const lower = (nodes: NodesObserved['nodes']) => {
    const { environment: of, observed, noChart } = looked({ nodes });
    const autoscaler = { seen: clusterSeen({ autoscaler: { deployment } }).autoscaler };
    const machines = { notSeen: 'No management cluster.', failed: false };
    const intent = { kind: 'scale' as const, group: 'workers', min: 1, max: 1 };
    return planScale({ environment: of, noChart, observed: { ...observed, machines, autoscaler }, intent });
  };

  test('are never below the nodes that people are on either', () => {
    expect(lower({ seen: clusterSeen().nodes }).refusal).toBeUndefined();
    const servers = [server('ann', 'worker-1'), server('bo', 'worker-2', 'testing')];
    expect(lower({ seen: clusterSeen({ servers }).nodes }).refusal?.what).toContain(
      "workers cannot have 1 nodes: people's servers are on 2 (ann, bo (testing))",
    );
    expect(lower(away).refusal?.what).toContain('The maximum of workers cannot be lower');
  });
});

describe('another flavour', () => {
  const ids = ({ steps }: ReturnType<typeof flavor>): string[] => steps.map(({ id }) => id);

  test('that the cloud does not have is refused, with those that it has', () => {
    const { refusal } = flavor('gpus');
    expect(refusal?.what).toBe('The cloud has no flavour gpus for this project.');
    expect(refusal?.fix).toBe('It has small.');
  });

  test('that nobody could check is refused, unless the file or another group has it', () => {
    const compute = { notSeen: 'The file names no cloud.', failed: false };
    const { refusal } = flavor('typo', { compute });
    expect(refusal).toMatchObject({ where: 'The file names no cloud.', exitCode: 2 });
    expect(refusal?.what).toContain('Whether the cloud has a flavour typo cannot be checked');
    const { notes, steps } = flavor('gpus', { compute });
    expect(notes[0]?.text).toBe('neither the flavour nor the quota was checked: The file names no cloud.');
    expect(steps).not.toEqual([]);
    const other = machineGroup({
      name: 'other',
      template: workers.template && { ...workers.template, flavor: 'odd' },
    });
    expect(flavor('odd', { compute, machines: { groups: [workers, other] } }).refusal).toBeUndefined();
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

  test('that has come, but whose command was ended before it cleaned up, is cleaned up after', () => {
    const keeping = [workers.ref.name];
    expect(ids(flavor('small', { machines: { keeping } }))).toEqual(['forget-servers']);
  });

  test('leaves alone what another group waits with', () => {
    expect(ids(flavor('small', { machines: { keeping: ['training-gpu'] } }))).toEqual([]);
  });

  describe('that is asked for already is only followed, and', () => {
    const group = { ...workers, counts: { ...workers.counts, upToDate: 1 } };
    const keeping = [workers.ref.name];
    // Who is there, and who comes.
    const stops = ['serverStops', 'serverStops'];
    const followed = (machines: Partial<MachinesSeen>, stopServers = false) => {
      const plan = flavor('small', { group, machines }, stopServers);
      return { steps: ids(plan), says: plan.impacts.map(({ kind }) => kind) };
    };

    test('there is nothing to follow once it has come', () => {
      expect(ids(flavor('small'))).toEqual([]);
    });

    test('waits for people again where the rule is there no more', () => {
      const steps = ['keep-servers', 'follow:workers', 'forget-servers'];
      expect(followed({})).toEqual({ steps, says: ['nextStart'] });
      const kept = ['follow:workers', 'forget-servers'];
      expect(followed({ keeping })).toEqual({ steps: kept, says: ['nextStart'] });
    });

    test('says that servers stop where nothing can wait for them', () => {
      expect(followed({ drainBehaviors: ['Drain'] })).toEqual({
        steps: ['follow:workers'],
        says: stops,
      });
    });

    test('says of nobody that the server is lost where all are waited for, seen or not', () => {
      expect(flavor('small', { group, machines: { keeping }, nodes: away }).impacts).toEqual([]);
      const lost = flavor('small', { group, machines: { keeping }, nodes: away }, true);
      expect(lost.impacts[0]?.text).toContain('loses it: who that is was not seen');
    });

    test('waits no longer once somebody says so', () => {
      const steps = ['forget-servers', 'follow:workers'];
      expect(followed({ keeping }, true)).toEqual({ steps, says: stops });
      expect(followed({}, true)).toEqual({ steps: ['follow:workers'], says: stops });
    });
  });

  test('is refused where people who come meanwhile would be cut off, until somebody says so', () => {
    const nodes = { seen: clusterSeen({ servers: [] }).nodes };
    const compute = { seen: { ...computeSeen(), flavors: [big] } };
    const given = { nodes, compute, machines: { drainBehaviors: ['Drain', 'Skip'] } };
    expect(flavor('big', given).refusal?.what).toContain('servers that are started on old nodes of workers');
    expect(flavor('big', given, true).impacts.map(({ text }) => text)).toEqual([
      'Whoever starts a server on an old node of workers while this goes on loses it.',
    ]);
    const none = machineGroup({ counts: { wanted: 0, all: 0, ready: 0, upToDate: 0 } });
    expect(flavor('big', { ...given, group: none }).refusal).toBeUndefined();
    expect(flavor('big', { nodes, compute }).impacts).toEqual([]);
  });

  test('is refused where people would be cut off, until somebody says so', () => {
    const machines = { drainBehaviors: ['Drain', 'Skip'] };
    const given = { machines, compute: { seen: { ...computeSeen(), flavors: [big] } } };
    expect(flavor('big', given).refusal?.what).toContain('the servers of bo would be stopped');
    const { impacts, steps } = flavor('big', given, true);
    expect(impacts[0]).toMatchObject({ kind: 'serverStops', people: ['bo'] });
    expect(steps.map(({ id }) => id)).not.toContain('keep-servers');
  });

  test('is refused where nobody knows who is on the nodes, until somebody says so', () => {
    const given = { nodes: away, compute: { seen: { ...computeSeen(), flavors: [big] } } };
    expect(flavor('big', given).refusal?.what).toContain(
      'Whose servers are on the nodes of workers was not seen',
    );
    expect(flavor('big', given).refusal?.where).toBe('You may not list nodes.');
    const { impacts } = flavor('big', given, true);
    expect(impacts[0]).toMatchObject({ kind: 'serverStops', people: [] });
  });

  test('needs quota for a machine more, and for each that waits for people', () => {
    const quota = computeSeen({ cores: { used: 20, most: 32 } }).quota;
    const compute = { seen: { flavors: [...computeSeen().flavors, big], quota } };
    expect(flavor('big', { compute }).refusal?.what).toContain('a new machine comes before an old one goes');
  });

  test('that the nodes still have is gone back to without room in the quota, with the template that they are of', () => {
    const group = machineGroup({
      template: workers.template && { ...workers.template, name: 'training-workers-2', flavor: 'big' },
      machines: [
        ...workers.machines,
        machine('worker-3', {
          phase: 'Failed',
          node: undefined,
          template: 'training-workers-2',
          flavor: 'big',
        }),
      ],
    });
    const compute = { seen: computeSeen({ cores: { used: 200, most: 200 } }) };
    expect(
      flavor('small', { group, compute }).steps.find(({ id }) => id === 'flavor:workers')?.action,
    ).toEqual({ kind: 'changeFlavor', group: group.ref, flavor: 'small', earlier: ['training-workers-1'] });
    // One node has the other flavour already: others have to come again.
    const [first] = workers.machines;
    const mixed = { ...group, machines: [first!, machine('worker-3', { flavor: 'big' })] };
    expect(flavor('small', { group: mixed, compute }).refusal?.what).toContain('The quota has no room');
  });

  test('is refused where a server that runs has no place on it', () => {
    const tiny = { name: 'tiny', cores: 1, memory: 1024 ** 3, gpus: 0 };
    const compute = { seen: { ...computeSeen(), flavors: [...computeSeen().flavors, tiny] } };
    const nodes = {
      seen: clusterSeen({ servers: [{ ...server('bo', 'worker-1'), profile: 'standard' }] }).nodes,
    };
    expect(flavor('tiny', { compute, nodes }).refusal?.what).toContain('has no room for one');
    const other = { ...server('cy', 'worker-1', 'testing'), profile: 'unknown', asks: [{ memory: '1800M' }] };
    const shared = { seen: clusterSeen({ servers: [other] }).nodes };
    expect(flavor('tiny', { compute, nodes: shared }).refusal?.what).toBe(
      'People run the server of cy (testing) on workers, and a node with tiny has no room for one.',
    );
    const little = { seen: clusterSeen({ servers: [{ ...other, asks: [{ memory: '100M' }] }] }).nodes };
    expect(flavor('tiny', { compute, nodes: little }).refusal).toBeUndefined();
  });
});

const away: NodesObserved['nodes'] = { notSeen: 'You may not list nodes.', failed: true };

const big = { name: 'big', cores: 16, memory: 64 * 1024 ** 3, gpus: 0 };
