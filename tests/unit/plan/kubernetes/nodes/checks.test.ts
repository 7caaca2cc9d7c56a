import { describe, expect, test } from 'vitest';
import { autoscalerAtMaximum } from '../../../../../src/plan/doctor/checks/autoscaler-at-maximum.ts';
import { autoscalerBackoff } from '../../../../../src/plan/doctor/checks/autoscaler-backoff.ts';
import { autoscalerDead } from '../../../../../src/plan/doctor/checks/autoscaler-dead.ts';
import { groupUnseen } from '../../../../../src/plan/doctor/checks/group-unseen.ts';
import { machinesStuck } from '../../../../../src/plan/doctor/checks/machines-stuck.ts';
import { noFittingGroup } from '../../../../../src/plan/doctor/checks/no-fitting-group.ts';
import { quotaShort } from '../../../../../src/plan/doctor/checks/quota-short.ts';
import { scaleFromZero } from '../../../../../src/plan/doctor/checks/scale-from-zero.ts';
import { training } from '../observed.ts';
import {
  computeSeen,
  found,
  machineGroup,
  machinesSeen,
  node,
  nodesSeen,
  statusText,
  waiting,
} from './kit.ts';

const full = statusText([
  { name: 'workers', target: 4, max: 4 },
  { name: 'gpu', target: 0, max: 2 },
]);

test('a cluster where everything is well has no finding', () => {
  const nodes = nodesSeen();
  for (const check of [autoscalerAtMaximum, autoscalerBackoff, autoscalerDead, groupUnseen, noFittingGroup])
    expect(found(check, { nodes }), check.id).toEqual([]);
  expect(found(quotaShort, { nodes, compute: computeSeen() })).toEqual([]);
  const machines = machinesSeen(machineGroup());
  for (const check of [machinesStuck, scaleFromZero])
    expect(found(check, { machines }), check.id).toEqual([]);
});

describe('autoscaler-dead', () => {
  test('is found by a status that is old, and hurts whoever waits', () => {
    const autoscaler = { status: { text: full, ageSeconds: 3600 }, waiting: [waiting('')] };
    const [finding] = found(autoscalerDead, { nodes: nodesSeen({ autoscaler }) });
    expect(finding?.harm).toBe('someCannotWork');
    expect(finding?.evidence.join('\n')).toContain('was last written 60 minutes ago');
    expect(finding?.evidence.join('\n')).toContain('the server of ann');
  });

  test('is found where there is no status, and a group is to grow', () => {
    const nodes = nodesSeen({ autoscaler: { status: undefined } });
    expect(found(autoscalerDead, { nodes })[0]?.evidence[0]).toContain('the file has workers, gpu grow');
    expect(found(autoscalerDead, { nodes }, training())).toEqual([]);
  });

  test('is found by a Deployment without a pod', () => {
    const ref = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'kube-system',
      name: 'cluster-autoscaler',
    };
    const deployment = { ref, ready: false, words: [] };
    const nodes = nodesSeen({ autoscaler: { deployment } });
    expect(found(autoscalerDead, { nodes })[0]?.evidence[0]).toContain('has no ready pod');
  });
});

describe('autoscaler-at-maximum', () => {
  test('names who waits, the group, and the command', () => {
    const autoscaler = {
      status: { text: full, ageSeconds: 10 },
      waiting: [waiting('1 max node group size reached, 1 Insufficient memory')],
    };
    const [finding] = found(autoscalerAtMaximum, { nodes: nodesSeen({ autoscaler }) });
    expect(finding?.what).toBe('No node comes for the server of ann: the autoscaler may make no more.');
    expect(finding?.evidence[0]).toBe(
      'MachineDeployment/clusters/training-workers has 4 nodes, and may have 4',
    );
    expect(finding?.fix).toContain('`hubwright nodes training scale training-workers --max 5`');
  });

  test('is nothing while nobody waits', () => {
    const autoscaler = { status: { text: full, ageSeconds: 10 } };
    expect(found(autoscalerAtMaximum, { nodes: nodesSeen({ autoscaler }) })).toEqual([]);
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
  const [finding] = found(autoscalerBackoff, { nodes: nodesSeen({ autoscaler }) });
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
    const [finding] = found(noFittingGroup, { nodes: nodesSeen({ autoscaler }) });
    expect(finding?.what).toBe('No node group can take the server of ann.');
    expect(finding?.evidence.slice(0, 2)).toEqual([
      'of 1 node group: a new node would have too little memory',
      'of 1 node group: its taint {nvidia.com/gpu: present} is not tolerated',
    ]);
  });

  test('is not found where some group only may not grow now', () => {
    const autoscaler = { waiting: [waiting('1 Insufficient memory, 1 max node group size reached')] };
    expect(found(noFittingGroup, { nodes: nodesSeen({ autoscaler }) })).toEqual([]);
  });
});

describe('group-unseen', () => {
  test('is a group of the file that the autoscaler does not tell of', () => {
    const text = statusText([{ name: 'workers', target: 2, max: 4 }]);
    const [finding] = found(groupUnseen, {
      nodes: nodesSeen({ autoscaler: { status: { text, ageSeconds: 1 } } }),
    });
    expect(finding).toMatchObject({ subject: 'gpu', harm: 'someCannotWork' });
    expect(finding?.evidence).toContain('gpu has no nodes in the cluster');
  });

  test('is not judged by an autoscaler that has only begun', () => {
    const status = { text: 'autoscalerStatus: Initializing\n', ageSeconds: 1 };
    expect(found(groupUnseen, { nodes: nodesSeen({ autoscaler: { status } }) })).toEqual([]);
  });
});

describe('quota-short', () => {
  test('is found where the quota ends before the maximum, with a message for the cloud', () => {
    const compute = computeSeen({ cores: { used: 20, most: 30 } });
    const [finding] = found(quotaShort, { nodes: nodesSeen(), compute });
    expect(finding?.harm).toBe('willStop');
    expect(finding?.evidence[0]).toBe(
      'workers (small) has 2 nodes and may have 4: there is quota for 1 more; 20 of 30 cores are used, and a node takes 8',
    );
    expect(finding?.message).toContain('Could it be raised');
  });

  test('hurts whoever waits where there is no room at all', () => {
    const compute = computeSeen({ instances: { used: 3, most: 3 } });
    const nodes = nodesSeen({ autoscaler: { waiting: [waiting('')] } });
    const [finding] = found(quotaShort, { nodes, compute });
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
      `annotate machinedeployment training-gpu ${prefix}/cpu=16 ${prefix}/memory=64Gi ${prefix}/gpu-count=1 ${prefix}/gpu-type=nvidia.com/gpu`,
    );
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

describe('machines-stuck', () => {
  const machine = {
    name: 'training-workers-abc',
    phase: 'Provisioning',
    node: undefined,
    deleting: false,
    ageSeconds: 1200,
    template: undefined,
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

  test('is a machine whose drain waits', () => {
    const says = [
      'Drain not completed yet (started at 09:00):\n* Pod jupyterhub/jupyter-ann: waiting for completion',
    ];
    const going = { ...machine, phase: 'Deleting', deleting: true, says };
    const [finding] = found(machinesStuck, { machines: machinesSeen(machineGroup({ machines: [going] })) });
    expect(finding?.what).toBe('A machine of workers cannot go.');
    expect(finding?.evidence.join('\n')).toContain('jupyter-ann: waiting for completion');
  });
});

test('nodes of a group are counted by the label of the group', () => {
  const odd = node('x', { labels: { 'capi.example.org/node-group': 'workers' } });
  const compute = computeSeen({ cores: { used: 0, most: 16 } });
  const autoscaler = { status: undefined };
  const [finding] = found(quotaShort, { nodes: nodesSeen({ nodes: [odd], autoscaler }), compute });
  expect(finding?.evidence[0]).toContain('workers (small) has 1 nodes and may have 4');
});
