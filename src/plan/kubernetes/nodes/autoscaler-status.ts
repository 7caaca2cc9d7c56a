import { parse } from 'yaml';
import type { AutoscalerSeen } from './observed.ts';

/** What the autoscaler writes of itself into its ConfigMap. */
export interface AutoscalerStatus {
  /** `Running`, or `Initializing`: it has not come round once. */
  readonly state: string;
  readonly groups: readonly GroupStatus[];
}

export interface GroupStatus {
  /** As it names it: `MachineDeployment/clusters/training-workers`. */
  readonly id: string;
  readonly health: string;
  readonly ready: number;
  /** Nodes that it has asked for. */
  readonly target: number;
  readonly min: number;
  readonly max: number;
  /** `NoActivity`, `InProgress`, `Backoff`. */
  readonly scaleUp: string;
  /** Why it has stopped trying for a while; older ones do not say. */
  readonly backoff: string | undefined;
}

/** What it has written last; undefined: nothing that can be read. */
export function statusOf({ status }: Pick<AutoscalerSeen, 'status'>): AutoscalerStatus | undefined {
  return readStatus(status?.text ?? '');
}

/** YAML from 1.30 on, prose before (cluster-autoscaler, `clusterstate/api`). undefined: it is neither. */
export function readStatus(text: string): AutoscalerStatus | undefined {
  return /^\s*(?:Cluster-autoscaler status|Cluster-wide:)/.test(text) ? fromProse(text) : fromYaml(text);
}

interface Yaml {
  readonly autoscalerStatus?: string;
  readonly nodeGroups?: readonly {
    readonly name?: string;
    readonly health?: {
      readonly status?: string;
      readonly nodeCounts?: { readonly registered?: { readonly ready?: number } };
      readonly cloudProviderTarget?: number;
      readonly minSize?: number;
      readonly maxSize?: number;
    };
    readonly scaleUp?: {
      readonly status?: string;
      readonly backoffInfo?: { readonly errorCode?: string; readonly errorMessage?: string };
    };
  }[];
}

function fromYaml(text: string): AutoscalerStatus | undefined {
  const status = parsed(text);
  if (status?.autoscalerStatus === undefined) return undefined;
  const groups = (status.nodeGroups ?? []).map(({ name = '', health = {}, scaleUp = {} }): GroupStatus => {
    const { errorCode, errorMessage } = scaleUp.backoffInfo ?? {};
    return {
      id: name,
      health: health.status ?? '',
      ready: health.nodeCounts?.registered?.ready ?? 0,
      target: health.cloudProviderTarget ?? 0,
      min: health.minSize ?? 0,
      max: health.maxSize ?? 0,
      scaleUp: scaleUp.status ?? '',
      backoff: errorMessage ?? errorCode,
    };
  });
  return { state: status.autoscalerStatus, groups };
}

function parsed(text: string): Yaml | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Whoever shows it says that it cannot be read.
    return undefined;
  }
}

/** `Health: Healthy (ready=4 … cloudProviderTarget=4 (minSize=1, maxSize=10))` below each `Name:`. */
function fromProse(text: string): AutoscalerStatus {
  const parts = text.split(/^\s*Name:\s*/m).slice(1);
  const groups = parts.map((part): GroupStatus => {
    const health = line(part, 'Health');
    const number = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(health)?.[1] ?? 0);
    return {
      id: /^\S*/.exec(part)?.[0] ?? '',
      health: word(health),
      ready: number('ready'),
      target: number('cloudProviderTarget'),
      min: number('minSize'),
      max: number('maxSize'),
      scaleUp: word(line(part, 'ScaleUp')),
      backoff: undefined,
    };
  });
  return { state: 'Running', groups };
}

function line(part: string, name: string): string {
  return new RegExp(`^\\s*${name}:\\s*(.*)$`, 'm').exec(part)?.[1] ?? '';
}

function word(text: string): string {
  return /^\w*/.exec(text)?.[0] ?? '';
}

/** Its name for a group, as the objects have it. */
export function groupIn(id: string): string {
  const last = id.split('/').at(-1) ?? id;
  // Magnum puts the group's UUID behind its name.
  return last.replace(/-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');
}

/**
 * The group that its name for one means: of those known the longest that is the whole name, or the last part of it behind
 * the cluster's. Names of groups may end like each other: `workers`, `gpu-workers`. undefined: none of them.
 */
export function groupMeant(id: string, known: ReadonlySet<string>): string | undefined {
  const name = groupIn(id);
  const fitting = [...known].filter((group) => name === group || name.endsWith(`-${group}`));
  return fitting.toSorted((a, b) => b.length - a.length)[0];
}
