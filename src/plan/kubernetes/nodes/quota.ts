import type { Environment } from '../../../config/schema/environment.ts';
import { memoryBytes } from '../../../config/units.ts';
import { groupMeant, statusOf } from './autoscaler-status.ts';
import { flavorOf, groupBeside, workerGroups } from './groups.ts';
import type { AutoscalerSeen, FlavorSeen, QuotaSeen, WorkloadSeen } from './observed.ts';

/** A group that may grow, and by how much. */
export interface Growth {
  readonly group: string;
  readonly flavor: FlavorSeen;
  readonly target: number;
  /** Nodes that it may have beside those. */
  readonly more: number;
}

/** Nodes of that flavour for which there is quota, and what is at its end first. */
export function roomInQuota(
  { cores, memory, instances, ports }: QuotaSeen,
  flavor: Pick<FlavorSeen, 'cores' | 'memory'> & {
    readonly instances?: number;
    readonly ports?: number;
  },
): { readonly nodes: number; readonly ends: string } {
  const gib = 1024 ** 3;
  const ends = [
    limit('cores', cores, flavor.cores),
    limit('instances', instances, flavor.instances ?? 1),
    ...(ports === undefined ? [] : [limit('ports', ports, flavor.ports ?? flavor.instances ?? 1)]),
    limit('GB of memory', scaled(memory, gib), flavor.memory / gib),
  ];
  return ends.reduce((a, b) => (b.nodes < a.nodes ? b : a));
}

type Amount = QuotaSeen['cores'];

function limit(what: string, { used, most }: Amount, each: number): { nodes: number; ends: string } {
  if (most === undefined) return { nodes: Infinity, ends: `${what}: no limit` };
  const nodes = each > 0 ? Math.max(0, Math.floor((most - used) / each)) : Infinity;
  return {
    nodes,
    ends: `${Math.round(used)} of ${Math.round(most)} ${what} are used, and a node takes ${Math.round(each)}`,
  };
}

function scaled({ used, most }: Amount, unit: number): Amount {
  return { used: used / unit, most: most === undefined ? undefined : most / unit };
}

/** By the bounds that the autoscaler tells, else by the file's. */
export function growthOf(
  environment: Environment,
  { nodes, autoscaler }: Pick<WorkloadSeen, 'nodes'> & { readonly autoscaler: AutoscalerSeen },
  flavors: readonly FlavorSeen[],
): Growth[] {
  const nodeGroups = environment.scaling.nodeGroups;
  const status = statusOf(autoscaler)?.groups ?? [];
  const names = workerGroups(nodes, environment);
  return [...names].flatMap((group): Growth[] => {
    const its = nodes.filter((node) => groupBeside(node, environment) === group);
    const told = status.find(({ id }) => groupMeant(id, names) === group);
    const max = told?.max ?? nodeGroups[group]?.max;
    const name = nodeGroups[group]?.flavor ?? its.map(flavorOf).find((one) => one !== undefined);
    const flavor = name === undefined ? undefined : flavorNamed(name, environment, flavors);
    const target = told?.target ?? its.length;
    if (max === undefined || flavor === undefined || max <= target) return [];
    return [{ group, flavor, target, more: max - target }];
  });
}

/** As the cloud has it, else as the file describes it. */
export function flavorNamed(
  name: string,
  { scaling }: Pick<Environment, 'scaling'>,
  flavors: readonly FlavorSeen[],
): FlavorSeen | undefined {
  const cloud = flavors.find((one) => one.name === name);
  const file = scaling.flavors[name];
  if (cloud !== undefined || file === undefined) return cloud;
  return { name, cores: file.cpu, memory: memoryBytes(file.memory), gpus: file.gpus };
}
