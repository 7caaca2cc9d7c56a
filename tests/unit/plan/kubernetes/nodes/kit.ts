import type { Check, SourceName, Sources } from '../../../../../src/plan/doctor/check.ts';
import type { Finding } from '../../../../../src/plan/doctor/finding.ts';
import type { MachineGroup, MachinesSeen } from '../../../../../src/plan/kubernetes/nodes/machines.ts';
import type {
  AutoscalerEvent,
  AutoscalerSeen,
  ComputeSeen,
  NodeSeen,
  ServerSeen,
  WaitingPod,
  WorkloadSeen,
} from '../../../../../src/plan/kubernetes/nodes/observed.ts';
import type { Environment } from '../../../../../src/config/schema/environment.ts';
import { training } from '../observed.ts';

/** Two groups: `workers`, and `gpu`, which may be empty. */
export const environment = training(`      gpu:
        displayName: GPU
        image: example.org/a:1
        memory: { limit: 8G }
        gpus: { count: 1, toleration: { key: nvidia.com/gpu, operator: Exists } }
    scaling:
      flavors: { small: { cpu: 8, memory: 32G }, gpus: { cpu: 16, memory: 64G, gpus: 1 } }
      nodeGroups:
        workers: { flavor: small, min: 1, max: 4 }
        gpu: { flavor: gpus, min: 0, max: 2 }
`);

export function node(name: string, change: Partial<NodeSeen> = {}): NodeSeen {
  return {
    name,
    ready: true,
    labels: { 'capi.stackhpc.com/node-group': 'workers', 'node.kubernetes.io/instance-type': 'small' },
    taints: [],
    annotations: {},
    allocatable: { cpu: '8', memory: '32Gi', pods: '110' },
    daemons: [],
    unschedulable: false,
    ...change,
  };
}

export function server(user: string, on: string, elsewhere?: string): ServerSeen {
  return {
    user,
    profile: 'standard',
    fingerprint: undefined,
    started: undefined,
    lastActivity: undefined,
    ready: true,
    node: on,
    elsewhere,
    asks: [{ memory: '1800M' }],
  };
}

interface Waiter extends WaitingPod {
  readonly said: AutoscalerEvent;
}

/** `ann`'s server, which waits, with what the autoscaler says of it. */
export function waiting(message: string, change: Partial<Waiter> = {}): Waiter {
  return {
    name: 'jupyter-ann',
    user: 'ann',
    elsewhere: undefined,
    profile: 'standard',
    ageSeconds: 120,
    scheduler: '0/1 nodes are available: 1 Insufficient memory.',
    said: {
      reason: 'NotTriggerScaleUp',
      message: `pod didn't trigger scale-up: ${message}`,
      ageSeconds: 10,
    },
    ...change,
  };
}

interface GroupText {
  readonly name: string;
  readonly target: number;
  readonly max: number;
  readonly scaleUp?: string;
}

/** The autoscaler's status, as 1.36 writes it. */
export function statusText(groups: readonly GroupText[]): string {
  return `time: 2026-11-30 09:12:44 +0000 UTC
autoscalerStatus: Running
clusterWide:
  health: {status: Healthy}
nodeGroups:
${groups
  .map(
    ({ name, target, max, scaleUp = 'NoActivity' }) => `- name: MachineDeployment/clusters/training-${name}
  health:
    status: Healthy
    nodeCounts: {registered: {total: ${target}, ready: ${target}}, longUnregistered: 0, unregistered: 0}
    cloudProviderTarget: ${target}
    minSize: 0
    maxSize: ${max}
  scaleUp:
    status: ${scaleUp}
${scaleUp === 'Backoff' ? '    backoffInfo: {errorCode: cloudProvider, errorMessage: machine failed}\n' : ''}`,
  )
  .join('')}`;
}

const bothGroups = statusText([
  { name: 'workers', target: 2, max: 4 },
  { name: 'gpu', target: 0, max: 2 },
]);

interface Change extends Partial<WorkloadSeen> {
  readonly autoscaler?: Partial<AutoscalerSeen> & { readonly waiting?: readonly Waiter[] };
}

/** The cluster, and what its autoscaler says. */
export function clusterSeen({ autoscaler = {}, ...change }: Change = {}): Pick<
  Sources,
  'nodes' | 'autoscaler'
> {
  const { waiting: waiters = [], ...told } = autoscaler;
  return {
    nodes: {
      nodes: [node('worker-1'), node('worker-2')],
      servers: [server('bo', 'worker-1')],
      waiting: waiters,
      onlyOwn: undefined,
      ...change,
    },
    autoscaler: {
      status: { text: bothGroups, ageSeconds: 10 },
      deployment: undefined,
      events: [],
      said: new Map(waiters.map(({ name, said }) => [name, said])),
      ...told,
    },
  };
}

const gib = 1024 ** 3;

/** Room for many more nodes, or as `change` says. */
export function computeSeen(change: Partial<ComputeSeen['quota']> = {}): ComputeSeen {
  return {
    flavors: [{ name: 'small', cores: 8, memory: 32 * gib, gpus: 0 }],
    quota: {
      cores: { used: 20, most: 200 },
      memory: { used: 80 * gib, most: 2000 * gib },
      instances: { used: 3, most: undefined },
      ports: { used: 10, most: 500 },
      ...change,
    },
  };
}

const capacity = 'capacity.cluster-autoscaler.kubernetes.io';

export function machineGroup(change: Partial<MachineGroup> = {}): MachineGroup {
  const { name = 'workers' } = change;
  return {
    name,
    ref: {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'MachineDeployment',
      namespace: 'clusters',
      name: `training-${name}`,
    },
    paused: false,
    settled: true,
    counts: { wanted: 2, all: 2, ready: 2, upToDate: 2 },
    bounds: { min: 1, max: 4 },
    annotations: { [`${capacity}/cpu`]: '8', [`${capacity}/memory`]: '32Gi' },
    template: {
      name: `training-${name}-1`,
      flavor: 'small',
      ports: 1,
      capacity: {},
    },
    rollout: { maxSurge: 0, maxUnavailable: 1, drainSeconds: 300 },
    taints: [],
    machines: [],
    ...change,
  };
}

export function machinesSeen(...groups: MachineGroup[]): MachinesSeen {
  return {
    context: 'capi-mgmt',
    cluster: { name: 'training', namespace: 'clusters' },
    groups,
    release: undefined,
    drainBehaviors: ['Drain', 'Skip', 'WaitCompleted'],
    keeping: [],
  };
}

/** What the check finds in that. */
export function found<Name extends SourceName>(
  check: Check<Name>,
  seen: Pick<Sources, Name> & Partial<Sources>,
  of: Environment = environment,
): readonly Finding[] {
  return check.applies?.(of) === false ? [] : check.examine(seen, of);
}
