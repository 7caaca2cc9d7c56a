import { describe, expect, test } from 'vitest';
import { autoscalerAtMaximum } from '../../../../../src/plan/doctor/checks/autoscaler-at-maximum.ts';
import { autoscalerBackoff } from '../../../../../src/plan/doctor/checks/autoscaler-backoff.ts';
import { autoscalerDead } from '../../../../../src/plan/doctor/checks/autoscaler-dead.ts';
import { groupUnseen } from '../../../../../src/plan/doctor/checks/group-unseen.ts';
import { machinesStuck } from '../../../../../src/plan/doctor/checks/machines-stuck.ts';
import { noAutoscaler } from '../../../../../src/plan/doctor/checks/no-autoscaler.ts';
import { noFittingGroup } from '../../../../../src/plan/doctor/checks/no-fitting-group.ts';
import { placeholderFitsNowhere } from '../../../../../src/plan/doctor/checks/placeholder-fits-nowhere.ts';
import { quotaShort } from '../../../../../src/plan/doctor/checks/quota-short.ts';
import { scaleFromZero } from '../../../../../src/plan/doctor/checks/scale-from-zero.ts';
import { scalingDiffers } from '../../../../../src/plan/doctor/checks/scaling-differs.ts';
import { training } from '../observed.ts';
import {
  clusterSeen,
  computeSeen,
  environment,
  found,
  machineGroup,
  machinesSeen,
  node,
  server,
  statusText,
  waiting,
} from './kit.ts';

const full = statusText([
  { name: 'workers', target: 4, max: 4 },
  { name: 'gpu', target: 0, max: 2 },
]);

test('a cluster where everything is well has no finding', () => {
  const cluster = clusterSeen();
  for (const check of [
    autoscalerAtMaximum,
    autoscalerBackoff,
    autoscalerDead,
    groupUnseen,
    noAutoscaler,
    noFittingGroup,
  ])
    expect(found(check, cluster), check.id).toEqual([]);
  expect(found(quotaShort, { ...cluster, compute: computeSeen() })).toEqual([]);
  const machines = machinesSeen(machineGroup());
  for (const check of [machinesStuck, scaleFromZero])
    expect(found(check, { machines }), check.id).toEqual([]);
});

describe('autoscaler-dead', () => {
  test('is found by a status that is old, and hurts whoever waits', () => {
    const autoscaler = { status: { text: full, ageSeconds: 3600 }, waiting: [waiting('')] };
    const [finding] = found(autoscalerDead, clusterSeen({ autoscaler }));
    expect(finding?.harm).toBe('someCannotWork');
    expect(finding?.evidence.join('\n')).toContain('was last written 60 minutes ago');
    expect(finding?.evidence.join('\n')).toContain('the server of ann');
  });

  test('is found where there is no status, and a group is to grow', () => {
    const cluster = clusterSeen({ autoscaler: { status: undefined } });
    expect(found(autoscalerDead, cluster)[0]?.evidence[0]).toContain('the file has workers, gpu grow');
    expect(found(autoscalerDead, cluster, training())).toEqual([]);
  });

  test('is found by a Deployment without a pod', () => {
    const ref = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'kube-system',
      name: 'cluster-autoscaler',
    };
    const deployment = { ref, ready: false, words: [] };
    const cluster = clusterSeen({ autoscaler: { deployment } });
    expect(found(autoscalerDead, cluster)[0]?.evidence[0]).toContain('has no ready pod');
  });
});

describe('no-autoscaler', () => {
  const silent = { status: undefined, said: new Map() };

  test('is whoever waits where nothing is there that brings nodes', () => {
    const seen = clusterSeen({ waiting: [waiting('')], autoscaler: silent });
    const [finding] = found(noAutoscaler, seen, training());
    expect(finding?.what).toBe('Nobody brings nodes, and the server of ann waits for one.');
    expect(finding?.evidence[0]).toBe('the scheduler: 0/1 nodes are available: 1 Insufficient memory.');
    // There the file says that one should be: autoscaler-dead.
    expect(found(noAutoscaler, seen)).toEqual([]);
    expect(found(noAutoscaler, clusterSeen({ waiting: [waiting('')] }), training())).toEqual([]);
  });

  test('is nobody who waits for a volume', () => {
    const scheduler = '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
    const seen = clusterSeen({ waiting: [waiting('', { scheduler })], autoscaler: silent });
    expect(found(noAutoscaler, seen, training())).toEqual([]);
  });
});

describe('autoscaler-at-maximum', () => {
  test('names who waits, the group, and the command', () => {
    const autoscaler = {
      status: { text: full, ageSeconds: 10 },
      waiting: [waiting('1 max node group size reached, 1 Insufficient memory')],
    };
    const [finding] = found(autoscalerAtMaximum, clusterSeen({ autoscaler }));
    expect(finding?.what).toBe('No node comes for the server of ann: the autoscaler may make no more.');
    expect(finding?.evidence[0]).toBe(
      'MachineDeployment/clusters/training-workers has 4 nodes, and may have 4',
    );
    expect(finding?.fix).toContain('`hubwright nodes training scale training-workers --max 5`');
  });

  test('names the full group whose nodes would do, not whichever is full', () => {
    const text = statusText([
      { name: 'gpu', target: 2, max: 2 },
      { name: 'workers', target: 4, max: 4 },
    ]);
    const waits = (profile: string) => [waiting('2 max node group size reached', { profile })];
    const fixFor = (profile: string) =>
      found(
        autoscalerAtMaximum,
        clusterSeen({ autoscaler: { status: { text, ageSeconds: 10 }, waiting: waits(profile) } }),
      )[0]?.fix;
    expect(fixFor('gpu')).toContain('`hubwright nodes training scale training-gpu --max 3` allows');
    // Whose profile the file does not have may fit on either.
    expect(fixFor('gone')).toContain(
      'training-gpu --max 3` or `hubwright nodes training scale training-workers',
    );
  });

  test('of all nodes together is told as what it is', () => {
    const text = statusText([{ name: 'workers', target: 2, max: 4 }]);
    const autoscaler = {
      status: { text, ageSeconds: 10 },
      waiting: [waiting('max total nodes in cluster reached')],
    };
    expect(found(autoscalerAtMaximum, clusterSeen({ autoscaler }))[0]?.fix).toContain('--max-nodes-total');
  });

  test('is nothing while nobody waits', () => {
    const autoscaler = { status: { text: full, ageSeconds: 10 } };
    expect(found(autoscalerAtMaximum, clusterSeen({ autoscaler }))).toEqual([]);
  });
});

test('autoscaler-backoff has the reason, what was tried and since when', () => {
  const text = statusText([{ name: 'workers', target: 2, max: 4, scaleUp: 'Backoff' }]);
  const events = [
    {
      reason: 'ScaleUpTimedOut',
      message: 'Nodes added to group G failed to register within 15m',
      ageSeconds: 300,
    },
    { reason: 'ScaledUpGroup', message: 'fine', ageSeconds: 400 },
  ];
  const autoscaler = {
    status: { text, ageSeconds: 10 },
    events,
    waiting: [waiting('1 in backoff after failed scale-up')],
  };
  const [finding] = found(autoscalerBackoff, clusterSeen({ autoscaler }));
  expect(finding?.evidence).toEqual([
    'MachineDeployment/clusters/training-workers is in back-off: machine failed',
    '5 minutes ago: Nodes added to group G failed to register within 15m',
    "the autoscaler: pod didn't trigger scale-up: 1 in backoff after failed scale-up",
  ]);
});

describe('no-fitting-group', () => {
  test('is found where no group’s node would do, whatever their number', () => {
    const autoscaler = {
      waiting: [waiting('1 Insufficient memory, 1 node(s) had untolerated taint {nvidia.com/gpu: present}')],
    };
    const [finding] = found(noFittingGroup, clusterSeen({ autoscaler }));
    expect(finding?.what).toBe('No node group can take the server of ann.');
    expect(finding?.evidence.slice(0, 2)).toEqual([
      'of 1 node group: a new node would have too little memory',
      'of 1 node group: its taint {nvidia.com/gpu: present} is not tolerated',
    ]);
  });

  test('is not found where some group only may not grow now', () => {
    const autoscaler = { waiting: [waiting('1 Insufficient memory, 1 max node group size reached')] };
    expect(found(noFittingGroup, clusterSeen({ autoscaler }))).toEqual([]);
  });
});

describe('group-unseen', () => {
  test('is a group of the file that the autoscaler does not tell of', () => {
    const text = statusText([{ name: 'workers', target: 2, max: 4 }]);
    const [finding] = found(groupUnseen, {
      ...clusterSeen({ autoscaler: { status: { text, ageSeconds: 1 } } }),
    });
    expect(finding).toMatchObject({ subject: 'gpu', harm: 'someCannotWork' });
    expect(finding?.evidence).toContain('gpu has no nodes in the cluster');
  });

  test('is not judged by an autoscaler that has only begun', () => {
    const status = { text: 'autoscalerStatus: Initializing\n', ageSeconds: 1 };
    expect(found(groupUnseen, clusterSeen({ autoscaler: { status } }))).toEqual([]);
  });
});

describe('quota-short', () => {
  test('is found where the quota ends before the maximum, with a message for the cloud', () => {
    const compute = computeSeen({ cores: { used: 20, most: 30 } });
    const [finding] = found(quotaShort, { ...clusterSeen(), compute });
    expect(finding?.harm).toBe('willStop');
    expect(finding?.evidence[0]).toBe(
      'workers (small) has 2 nodes and may have 4: there is quota for 1 more; 20 of 30 cores are used, and a node takes 8',
    );
    expect(finding?.message).toContain('Could it be raised');
  });

  test('is found where each group could be at its maximum, and not all of them', () => {
    const compute = {
      ...computeSeen({ cores: { used: 20, most: 60 } }),
      flavors: [...computeSeen().flavors, { name: 'gpus', cores: 16, memory: 64 * 1024 ** 3, gpus: 1 }],
    };
    const [finding] = found(quotaShort, { ...clusterSeen(), compute });
    expect(finding?.what).toBe("The project's quota ends before workers and gpu are all at their maximum.");
    expect(finding?.evidence).toEqual([
      'workers (small) has 2 nodes and may have 4',
      'gpu (gpus) has 0 nodes and may have 2',
      'together that takes 4 machines with 48 cores and 192 GB of memory more; 20 of 60 cores are used',
    ]);
    expect(finding?.message).toContain('together that takes 4 machines');
    const enough = { ...compute, quota: computeSeen({ cores: { used: 20, most: 68 } }).quota };
    expect(found(quotaShort, { ...clusterSeen(), compute: enough })).toEqual([]);
  });

  test('without the cluster is found where there is no room at all, and not otherwise', () => {
    const none = computeSeen({ instances: { used: 3, most: 3 } });
    const [finding] = found(quotaShort, { compute: none });
    expect(finding?.what).toContain('has no room for another node of workers');
    expect(finding?.evidence.at(-1)).toContain('the cluster could not be asked');
    const compute = computeSeen({ cores: { used: 20, most: 30 } });
    expect(found(quotaShort, { compute })).toEqual([]);
    // Which is not to say that it is healthy.
    expect(quotaShort.unseen?.({ compute })).toContain('could not be seen');
  });

  test('hurts whoever waits where there is no room at all', () => {
    const compute = computeSeen({ instances: { used: 3, most: 3 } });
    const cluster = clusterSeen({ autoscaler: { waiting: [waiting('')] } });
    const [finding] = found(quotaShort, { ...cluster, compute });
    expect(finding).toMatchObject({ harm: 'someCannotWork' });
    expect(finding?.what).toContain('waiting for one: the server of ann');
  });
});

describe('scale-from-zero', () => {
  const empty = {
    counts: { wanted: 0, all: 0, ready: 0, available: 0, upToDate: 0 },
    bounds: { min: 0, max: 2 },
  };

  test('is an empty group that does not say what its nodes have, with the command that says it', () => {
    const group = machineGroup({ name: 'gpu', ...empty, annotations: {}, template: undefined });
    const [finding] = found(scaleFromZero, { machines: machinesSeen(group) });
    expect(finding?.harm).toBe('someCannotWork');
    const prefix = 'capacity.cluster-autoscaler.kubernetes.io';
    expect(finding?.fix).toContain(
      `annotate machinedeployment training-gpu ${prefix}/cpu=16 ${prefix}/memory=64Gi ${prefix}/gpu-count=1 ${prefix}/gpu-type=nvidia.com/gpu ${prefix}/taints=nvidia.com/gpu=:NoSchedule`,
    );
  });

  test('is a group with GPUs that does not say how its nodes are marked', () => {
    const prefix = 'capacity.cluster-autoscaler.kubernetes.io';
    const amounts = { cpu: '16', memory: '64Gi', 'gpu-count': '1', 'gpu-type': 'nvidia.com/gpu' };
    const annotations = Object.fromEntries(
      Object.entries(amounts).map(([key, value]) => [`${prefix}/${key}`, value]),
    );
    const group = machineGroup({ name: 'gpu', ...empty, annotations, template: undefined });
    const labelled = training(`      gpu:
        displayName: GPU
        image: example.org/a:1
        memory: { limit: 8G }
        nodeSelector: { accelerator: a100 }
        gpus: { count: 1, toleration: { key: nvidia.com/gpu, operator: Exists } }
    scaling:
      flavors: { gpus: { cpu: 16, memory: 64G, gpus: 1 } }
      nodeGroups: { gpu: { flavor: gpus, min: 0, max: 2 } }
`);
    const [finding] = found(scaleFromZero, { machines: machinesSeen(group) }, labelled);
    expect(finding?.evidence[0]).toBe(
      `MachineDeployment clusters/training-gpu lacks ${prefix}/labels, ${prefix}/taints`,
    );
    expect(finding?.fix).toContain(
      `${prefix}/labels=accelerator=a100 ${prefix}/taints=nvidia.com/gpu=:NoSchedule`,
    );
    // Cluster API puts the taint on, and the autoscaler reads it there.
    const tainting = { ...group, taints: ['nvidia.com/gpu'] };
    expect(found(scaleFromZero, { machines: machinesSeen(tainting) }, environment)).toEqual([]);
  });

  test('is not one whose provider says it', () => {
    const group = machineGroup(empty);
    const capacity = { cpu: '8', memory: '32Gi' };
    const said = { ...group, annotations: {}, template: group.template && { ...group.template, capacity } };
    expect(found(scaleFromZero, { machines: machinesSeen(said) })).toEqual([]);
  });

  test('is a group with one bound alone', () => {
    const min = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size';
    const group = machineGroup({ bounds: undefined, annotations: { [min]: '0' } });
    expect(found(scaleFromZero, { machines: machinesSeen(group) })[0]?.evidence[0]).toContain('max-size');
  });
});

describe('scaling-differs', () => {
  const gpu = machineGroup({
    name: 'gpu',
    bounds: { min: 0, max: 2 },
    template: { ...machineGroup().template!, flavor: 'gpus' },
  });
  const differs = (...groups: Parameters<typeof machinesSeen>) =>
    found(scalingDiffers, { machines: machinesSeen(...groups) });

  test('is nothing where flavours and bounds are those of the file', () => {
    expect(differs(machineGroup(), gpu)).toEqual([]);
    expect(found(scalingDiffers, { machines: machinesSeen() }, training())).toEqual([]);
  });

  test('has what differs and the commands that mend it', () => {
    const template = { ...machineGroup().template!, flavor: 'tiny' };
    const [finding, ...others] = differs(machineGroup({ template, bounds: { min: 1, max: 40 } }), gpu);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ subject: 'workers', harm: 'willStop' });
    expect(finding?.evidence).toEqual([
      'new machines of workers have the flavour tiny, and the file says small',
      'workers has 1 to 40 nodes, and the file says 1 to 4',
    ]);
    expect(finding?.fix).toContain(
      '`hubwright nodes training flavor workers small` and `hubwright nodes training scale workers --min 1 --max 4`',
    );
  });

  test('hurts nobody where the cluster allows more, and is a group that is missing', () => {
    const more = machineGroup({ bounds: { min: 1, max: 9 } });
    expect(differs(more, gpu)[0]?.harm).toBe('leftOver');
    expect(differs(machineGroup({ bounds: undefined }), gpu)[0]?.evidence[0]).toContain('always 2 nodes');
    expect(differs(gpu)[0]?.what).toBe('The cluster has no node group workers, which the file describes.');
  });
});

describe('placeholder-fits-nowhere', () => {
  const large = (memory: string): string => `      large:
        displayName: Large
        image: example.org/a:1
        memory: { limit: ${memory} }
        placeholders: 2
`;

  test('is a placeholder for which every node is too small, whatever the autoscaler says', () => {
    const [finding] = found(placeholderFitsNowhere, clusterSeen(), training(large('40G')));
    expect(finding?.what).toBe('The 2 placeholders of large fit on no node.');
    expect(finding?.evidence).toEqual(['workers: too little memory']);
    expect(found(placeholderFitsNowhere, clusterSeen(), training(large('20G')))).toEqual([]);
  });

  test('is not judged while there are groups of which nothing is known', () => {
    const more = '    scaling: { nodeGroups: { huge: { flavor: odd, min: 0, max: 2 } } }\n';
    expect(found(placeholderFitsNowhere, clusterSeen(), training(large('40G') + more))).toEqual([]);
  });
});

describe('machines-stuck', () => {
  const machine = {
    name: 'training-workers-abc',
    phase: 'Provisioning',
    node: undefined,
    deleting: false,
    ageSeconds: 1200,
    template: 'training-workers-1',
    flavor: 'small',
    says: [
      'Failed to create server: Quota exceeded for cores: Requested 8, but already used 200 of 200 cores',
    ],
  };

  test('has what the cloud said', () => {
    const [finding] = found(machinesStuck, { machines: machinesSeen(machineGroup({ machines: [machine] })) });
    expect(finding?.what).toBe('A machine of workers does not become a node.');
    expect(finding?.evidence.join('\n')).toContain('Quota exceeded for cores');
  });

  test('is not a machine that has only begun', () => {
    const young = { ...machine, ageSeconds: 60 };
    expect(found(machinesStuck, { machines: machinesSeen(machineGroup({ machines: [young] })) })).toEqual([]);
  });

  test('is a machine that has been draining for long, but for one that waits for people', () => {
    const says = ['Drain not completed yet (started at 09:00):\n* Pod other/batch-1: waiting for completion'];
    const going = {
      ...machine,
      phase: 'Deleting',
      deleting: true,
      goingSeconds: 3600,
      node: 'worker-1',
      says,
    };
    const stuck = (change: Partial<typeof going>, on?: string) => {
      const machines = machinesSeen(machineGroup({ machines: [{ ...going, ...change }] }));
      const { nodes } = clusterSeen({ servers: on === undefined ? [] : [server('ann', on)] });
      return found(machinesStuck, { machines, nodes });
    };
    const [finding] = stuck({}, 'worker-2');
    expect(finding?.what).toBe('A machine of workers cannot go.');
    expect(finding?.evidence[0]).toContain('Deleting for 60 minutes');
    expect(finding?.evidence.join('\n')).toContain('batch-1: waiting for completion');
    expect(stuck({ goingSeconds: 60 })).toEqual([]);
    expect(stuck({}, 'worker-1')).toEqual([]);
  });
});

test('nodes of a group are counted by the label of the group', () => {
  const odd = node('x', { labels: { 'capi.example.org/node-group': 'workers' } });
  const compute = computeSeen({ cores: { used: 0, most: 16 } });
  const autoscaler = { status: undefined };
  const [finding] = found(quotaShort, { ...clusterSeen({ nodes: [odd], autoscaler }), compute });
  expect(finding?.evidence[0]).toContain('workers (small) has 1 nodes and may have 4');
});
