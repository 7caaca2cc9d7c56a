import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { type CapiKind, type CapiObjects, type Loose, createNode } from './cluster-api.ts';
import type { Stop } from './watch.ts';

interface Options {
  /** Machines of all groups together for which the cloud has quota. */
  readonly quota?: number;
}

const deploymentName = 'cluster.x-k8s.io/deployment-name';
const clonedFrom = 'cluster.x-k8s.io/cloned-from-name';
const finalizer = 'machine.cluster.x-k8s.io';

/**
 * Plays the controllers of Cluster API and of its OpenStack provider: makes machines and nodes of a group's template, rolls
 * them as its strategy says when it names another one, drains a node before its machine goes, and writes each status as the
 * version of the API documents it.
 */
export function fakeClusterApi(
  config: KubeConfig,
  objects: CapiObjects,
  { quota = Infinity }: Options = {},
): Stop {
  let stopped = false;
  const round = async (): Promise<void> => {
    for (const kind of ['KubeadmControlPlane', 'MachineDeployment'] as const)
      for (const group of await objects.list(kind))
        await new Group(config, objects, kind, group).reconcile(quota);
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      // Somebody changed an object meanwhile: the next round sees it.
      await round().catch(() => undefined);
      await sleep(100);
    }
  };
  void loop();
  return () => void (stopped = true);
}

class Group {
  readonly #config: KubeConfig;
  readonly #objects: CapiObjects;
  readonly #kind: CapiKind;
  readonly #group: Loose;

  constructor(config: KubeConfig, objects: CapiObjects, kind: CapiKind, group: Loose) {
    this.#config = config;
    this.#objects = objects;
    this.#kind = kind;
    this.#group = group;
  }

  async reconcile(quota: number): Promise<void> {
    const infra = new Map(
      (await this.#objects.list('OpenStackMachine')).map((one) => [one.metadata.name, one]),
    );
    const all = await this.#objects.list('Machine');
    const machines = all.filter((machine) => this.#owns(machine));
    for (const machine of machines.filter((one) => one.metadata.deletionTimestamp))
      await this.#drain(machine);
    const staying = machines.filter((one) => !one.metadata.deletionTimestamp);
    const isNew = (machine: Loose): boolean =>
      infra.get(machine.metadata.name)?.metadata.annotations[clonedFrom] === this.#template;
    const current = staying.filter(isNew);
    const old = staying.filter((one) => !isNew(one));
    const ready = staying.filter((one) => one.status?.nodeRef);
    await this.#move({ current, old, ready, all: all.length, quota });
    await this.#report({ all: machines.length, ready: ready.length, upToDate: current.length });
  }

  /** One step of a roll-out, or of a change of their number. */
  async #move({ current, old, ready, all, quota }: Loose): Promise<void> {
    if (this.#group.spec.paused) return;
    const wanted = this.#group.spec.replicas ?? 1;
    const { maxSurge = 1, maxUnavailable = 0 } = this.#rolling;
    const surge = old.length > 0 ? this.#number(maxSurge, wanted) : 0;
    // Machines that are on their way out do not count, however long they take (MachineSets are told apart by what they ask for).
    if (current.length < wanted && current.length + old.length < wanted + surge)
      return this.#create(all >= quota);
    if (old.length > 0 && ready.length > wanted - this.#number(maxUnavailable, wanted))
      return this.#objects.delete('Machine', old[0].metadata.name);
    if (old.length === 0 && current.length > wanted)
      await this.#objects.delete('Machine', current.at(-1).metadata.name);
  }

  async #create(overQuota: boolean): Promise<void> {
    const name = `${this.#group.metadata.name}-${randomBytes(3).toString('hex')}`;
    const labels = { ...this.#labels, 'cluster.x-k8s.io/cluster-name': 'training' };
    const template = await this.#objects.get('OpenStackMachineTemplate', this.#template);
    const { spec } = template.spec.template;
    await this.#objects.create('OpenStackMachine', {
      metadata: { name, labels, annotations: { [clonedFrom]: this.#template } },
      spec,
    });
    const [v1, group] = [this.#objects.version === 'v1beta1', 'infrastructure.cluster.x-k8s.io'];
    const reference = {
      ...(v1 ? { apiVersion: `${group}/v1beta1` } : { apiGroup: group }),
      kind: 'OpenStackMachine',
      name,
    };
    await this.#objects.create('Machine', {
      metadata: { name, labels, finalizers: [finalizer] },
      spec: { clusterName: 'training', bootstrap: { dataSecretName: 'none' }, infrastructureRef: reference },
    });
    if (overQuota) {
      const message = 'Quota exceeded for cores: Requested 8, but already used 24 of 24 cores';
      const lastTransitionTime = new Date().toISOString();
      const condition = {
        type: 'InstanceReady',
        status: 'False',
        reason: 'InstanceCreateFailed',
        severity: 'Error',
        message,
        lastTransitionTime,
      };
      await this.#objects.setStatus('OpenStackMachine', name, { conditions: [condition] });
      await this.#objects.setStatus('Machine', name, { phase: 'Provisioning' });
      return;
    }
    await createNode(this.#config, name, {
      'node.kubernetes.io/instance-type': spec.flavor,
      ...(this.#kind === 'KubeadmControlPlane' ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
    });
    const nodeRef = v1 ? { apiVersion: 'v1', kind: 'Node', name } : { name };
    await this.#objects.setStatus('Machine', name, { phase: 'Running', nodeRef });
  }

  /** Pods that are waited for keep their machine, until the drain has taken too long; others are evicted. */
  async #drain({ metadata, status }: Loose): Promise<void> {
    const core = this.#config.makeApiClient(CoreV1Api);
    const fieldSelector = `spec.nodeName=${metadata.name}`;
    const pods = (await core.listPodForAllNamespaces({ fieldSelector })).items;
    const all: Loose[] = await this.#objects.list('MachineDrainRule');
    const rules = all.filter(({ spec }) => isSelected(metadata.labels, spec.machines));
    const kept = pods.filter((pod) => waitsFor(pod, rules));
    const seconds = this.#drainSeconds();
    const past = (Date.now() - Date.parse(metadata.deletionTimestamp)) / 1000;
    if (kept.length > 0 && (seconds === 0 || past < seconds)) {
      const names = kept.map((pod) => `${pod.metadata?.namespace}/${pod.metadata?.name}`).join(', ');
      const message = `Drain not completed yet (started at ${metadata.deletionTimestamp}):\n* Pods ${names}: waiting for completion`;
      const [type, holds] =
        this.#objects.version === 'v1beta1' ? ['DrainingSucceeded', 'False'] : ['Deleting', 'True'];
      const lastTransitionTime = metadata.deletionTimestamp;
      const condition = {
        type,
        status: holds,
        reason: 'DrainingNode',
        severity: 'Info',
        message,
        lastTransitionTime,
      };
      await this.#objects.setStatus('Machine', metadata.name, { phase: 'Deleting', conditions: [condition] });
      return;
    }
    for (const { metadata: pod } of pods)
      await core.deleteNamespacedPod({
        name: pod?.name ?? '',
        namespace: pod?.namespace ?? '',
        gracePeriodSeconds: 0,
      });
    if (status?.nodeRef) await core.deleteNode({ name: metadata.name }).catch(() => undefined);
    await this.#objects.delete('OpenStackMachine', metadata.name).catch(() => undefined);
    await this.#objects.patch('Machine', metadata.name, { metadata: { finalizers: null } });
  }

  /** In place: changes of the group's time-out count for machines that are there. */
  #drainSeconds(): number {
    const { spec } = this.#group;
    const part = spec.template?.spec ?? spec.machineTemplate?.spec ?? spec.machineTemplate;
    const minutes = /^(\d+)m/.exec(part.nodeDrainTimeout ?? '')?.[1];
    return part.deletion?.nodeDrainTimeoutSeconds ?? Number(minutes ?? 0) * 60;
  }

  async #report({ all, ready, upToDate }: { all: number; ready: number; upToDate: number }): Promise<void> {
    const { name, generation } = this.#group.metadata;
    const counts = { replicas: all, readyReplicas: ready, observedGeneration: generation };
    const [v1, plane] = [this.#objects.version === 'v1beta1', this.#kind === 'KubeadmControlPlane'];
    await this.#objects.setStatus(this.#kind, name, {
      ...counts,
      ...(v1 ? { updatedReplicas: upToDate } : { upToDateReplicas: upToDate }),
      ...(v1 && plane ? {} : { availableReplicas: ready }),
      ...(plane ? {} : { phase: upToDate === all ? 'Running' : 'ScalingUp' }),
    });
  }

  get #template(): string {
    const { spec } = this.#group;
    const part = spec.template?.spec ?? spec.machineTemplate.spec ?? spec.machineTemplate;
    return part.infrastructureRef.name;
  }

  get #rolling(): Loose {
    const { spec } = this.#group;
    const strategy = spec.rollout?.strategy ?? spec.strategy ?? spec.rolloutStrategy;
    return strategy?.rollingUpdate ?? {};
  }

  get #labels(): Record<string, string> {
    return this.#kind === 'KubeadmControlPlane'
      ? { 'cluster.x-k8s.io/control-plane': '' }
      : { [deploymentName]: this.#group.metadata.name };
  }

  #owns({ metadata }: Loose): boolean {
    return Object.entries(this.#labels).every(([key, value]) => metadata.labels?.[key] === value);
  }

  #number(given: number | string, of: number): number {
    return typeof given === 'number' ? given : Math.floor((Number.parseInt(given, 10) / 100) * of);
  }
}

/** By its own label, or by a rule whose selector it meets. */
function waitsFor({ metadata, status }: V1Pod, rules: readonly Loose[]): boolean {
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata?.deletionTimestamp;
  if (ended) return false;
  const labels = metadata?.labels ?? {};
  if (labels['cluster.x-k8s.io/drain'] === 'wait-completed') return true;
  return rules
    .filter(({ spec }) => spec.drain.behavior === 'WaitCompleted')
    .some(({ spec }) => isSelected(labels, spec.pods));
}

/** By one of the selectors. */
function isSelected(
  labels: Readonly<Record<string, string>>,
  by: readonly { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } }[],
): boolean {
  return by.some(({ selector }) =>
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value),
  );
}
