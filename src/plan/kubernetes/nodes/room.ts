import type { Environment } from '../../../config/schema/environment.ts';
import type { Profile } from '../../../config/schema/profiles.ts';
import { memoryBytes } from '../../../config/units.ts';
import { askedFor, userPods } from '../../../platform/kubernetes/user-pods.ts';
import type { ObservedNode } from '../observed.ts';
import { quantityOf } from '../quantity.ts';
import { unmetAffinity } from './node-affinity.ts';

/** What a node has for pods, or what pods ask for. Whole numbers, so that sums are exact. */
export interface Room {
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly pods: number;
  /** By the name of the resource: `nvidia.com/gpu`. */
  readonly gpus: Readonly<Record<string, number>>;
}

export const noRoom: Room = { cpu: 0, memory: 0, pods: 0, gpus: {} };

/** What one server of the profile asks of its node. */
export function needsOf(profile: Profile): Room {
  const { cores, size } = askedFor(profile);
  const { gpus } = profile;
  return {
    // As Kubernetes rounds: up.
    cpu: Math.ceil(Number(((cores ?? 0) * 1000).toFixed(6))),
    memory: memoryBytes(size ?? 0),
    pods: 1,
    gpus: gpus === undefined ? {} : { [gpus.resource]: gpus.count },
  };
}

/** How many that ask for so much one node has room for. */
export function seatsIn(room: Room, needs: Room): number {
  const fit = shares(room, needs).map(({ has, asks }) => Math.floor(has / asks));
  return Math.max(0, Math.min(...fit));
}

/** What `seats` of them leave. */
export function leftOf(room: Room, needs: Room, seats: number): Room {
  return {
    cpu: room.cpu - seats * needs.cpu,
    memory: room.memory - seats * needs.memory,
    pods: room.pods - seats * needs.pods,
    gpus: Object.fromEntries(
      Object.entries(room.gpus).map(([name, has]) => [name, has - seats * (needs.gpus[name] ?? 0)]),
    ),
  };
}

/** What there is too little of for even one: `memory`, `nvidia.com/gpu`. */
export function shortOf(room: Room, needs: Room): readonly string[] {
  return shares(room, needs).flatMap(({ what, has, asks }) => (has < asks ? [what] : []));
}

interface Share {
  readonly what: string;
  readonly has: number;
  readonly asks: number;
}

/** Only of what is asked for. Pods always are, so that there is an end to it. */
function shares(room: Room, needs: Room): Share[] {
  const gpus = Object.entries(needs.gpus).map(([what, asks]) => ({ what, has: room.gpus[what] ?? 0, asks }));
  const all = [
    { what: 'CPU', has: room.cpu, asks: needs.cpu },
    { what: 'memory', has: room.memory, asks: needs.memory },
    { what: 'pods', has: room.pods, asks: needs.pods },
    ...gpus,
  ];
  return all.filter(({ asks }) => asks > 0);
}

/** As Kubernetes writes it down: allocatable of a node, requests of a pod. */
export function roomOf(resources: Readonly<Record<string, string>>, pods: number): Room {
  const amount = (name: string): number => quantityOf(resources[name] ?? 0) ?? 0;
  const gpus = Object.keys(resources).filter((name) => name.includes('/') && !name.startsWith('hugepages'));
  return {
    cpu: Math.round(amount('cpu') * 1000),
    memory: Math.floor(amount('memory')),
    pods,
    gpus: Object.fromEntries(gpus.map((name) => [name, amount(name)])),
  };
}

export function plus(a: Room, b: Room): Room {
  const names = new Set([...Object.keys(a.gpus), ...Object.keys(b.gpus)]);
  return {
    cpu: a.cpu + b.cpu,
    memory: a.memory + b.memory,
    pods: a.pods + b.pods,
    gpus: Object.fromEntries([...names].map((name) => [name, (a.gpus[name] ?? 0) + (b.gpus[name] ?? 0)])),
  };
}

type Toleration = {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
};

/**
 * Why the scheduler puts no server of the profile on such a node, however empty: its labels, by node selector and required
 * node affinity, or its taints. undefined: it may.
 */
export function refusedBy(
  { labels, taints }: Pick<ObservedNode, 'labels' | 'taints'>,
  profile: Profile,
  { helmValues }: Pick<Environment, 'helmValues'>,
): string | undefined {
  const all = userPods(helmValues.jupyterhub);
  const wanted = Object.entries({ ...all.nodeSelector, ...profile.nodeSelector }) as [string, string][];
  const missing = wanted.flatMap(([key, value]) => (labels[key] === value ? [] : [`${key}=${value}`]));
  if (missing.length > 0) return `it lacks ${missing.join(', ')}`;
  const unmet = unmetAffinity(labels, all);
  if (unmet !== undefined) return unmet;
  const tolerated = [...all.tolerations, profile.gpus?.toleration].filter(Boolean) as Toleration[];
  const taint = taints.find(
    ({ effect, ...rest }) =>
      effect !== 'PreferNoSchedule' && !tolerated.some((one) => tolerates(one, { ...rest, effect })),
  );
  if (taint === undefined) return undefined;
  const value = taint.value ? `=${taint.value}` : '';
  return `its taint ${taint.key}${value}:${taint.effect} is not tolerated`;
}

/** As the scheduler compares them (k8s.io/api/core/v1, `Toleration.ToleratesTaint`). */
function tolerates(one: Toleration, taint: ObservedNode['taints'][number]): boolean {
  if (one.effect && one.effect !== taint.effect) return false;
  if (one.key && one.key !== taint.key) return false;
  if (one.operator === 'Exists') return true;
  return one.key !== undefined && (one.value ?? '') === (taint.value ?? '');
}
