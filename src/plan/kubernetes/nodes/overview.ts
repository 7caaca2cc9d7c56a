import type { Environment } from '../../../config/schema/environment.ts';
import { groupBy } from '../../names.ts';
import { isTemporary, whose } from '../../../ports.ts';
import { groupMeant, statusOf } from './autoscaler-status.ts';
import { controlPlane, flavorOf, groupBeside } from './groups.ts';
import type { Bounds, MachineGroup } from './machines.ts';
import type { NodeSeen, NodesObserved, ServerSeen } from './observed.ts';

/** A node group as everything together tells of it. */
export interface GroupView {
  readonly name: string;
  /** That new nodes have, and what the nodes have that are there; more than one while they change. */
  readonly flavors: readonly string[];
  /** Nodes that it is to have now; undefined: nothing tells. */
  readonly wanted: number | undefined;
  readonly ready: number;
  readonly bounds: Bounds | undefined;
  readonly nodes: readonly NodeView[];
  /** Machines that are no node yet, or no more: `Provisioning`. */
  readonly machines: readonly {
    readonly name: string;
    readonly phase: string;
    /** Why it is not further. */
    readonly says: readonly string[];
  }[];
  /** It is being changed: `2 of 5 machines are of the newest kind`. */
  readonly rolling: string | undefined;
}

export interface NodeView {
  readonly name: string;
  readonly flavor: string | undefined;
  readonly state: 'ready' | 'notReady' | 'cordoned';
  /** Whose servers are on it. */
  readonly people: readonly string[];
}

/** The groups of the file, of the cluster and of its management cluster, each once. */
export function overview(
  environment: Environment,
  { nodes, autoscaler, machines }: NodesObserved,
): readonly GroupView[] {
  const live = 'seen' in nodes ? nodes.seen : undefined;
  const groups = 'seen' in machines ? machines.seen.groups : [];
  const status = ('seen' in autoscaler ? statusOf(autoscaler.seen)?.groups : undefined) ?? [];
  const nameOf = namesByNode(groups);
  const byGroup = groupBy(
    live?.nodes ?? [],
    (node) => nameOf.get(node.name) ?? groupBeside(node, environment) ?? flavorOf(node) ?? 'nodes',
  );
  const file = environment.scaling.nodeGroups;
  const names = new Set([...groups.map(({ name }) => name), ...Object.keys(file), ...byGroup.keys()]);
  const fullName = (name: string): string => groups.find((one) => one.name === name)?.ref.name ?? name;
  const known = new Set([...names].map(fullName));
  return [...names].toSorted(planeFirst).map((name): GroupView => {
    const group = groups.find((one) => one.name === name);
    const told = status.find(({ id }) => groupMeant(id, known) === fullName(name));
    const its = (byGroup.get(name) ?? []).map((node) => nodeView(node, live?.servers ?? []));
    const written = file[name];
    const flavors = [group?.template?.flavor ?? written?.flavor, ...its.map(({ flavor }) => flavor)];
    return {
      name,
      flavors: [...new Set(flavors.filter((flavor) => flavor !== undefined))],
      wanted: group?.counts.wanted ?? told?.target,
      ready: its.filter(({ state }) => state !== 'notReady').length,
      bounds: group === undefined ? boundsOf(told ?? written) : group.bounds,
      nodes: its,
      machines: (group?.machines ?? [])
        .filter(({ phase, deleting }) => phase !== 'Running' || deleting)
        .map((machine) => ({ name: machine.name, phase: machine.phase, says: machine.says })),
      rolling: group && rollingOf(group),
    };
  });
}

function planeFirst(a: string, b: string): number {
  if ((a === controlPlane) !== (b === controlPlane)) return a === controlPlane ? -1 : 1;
  return a < b ? -1 : 1;
}

function boundsOf(told: Bounds | undefined): Bounds | undefined {
  return told && { min: told.min, max: told.max };
}

function namesByNode(groups: readonly MachineGroup[]): ReadonlyMap<string, string> {
  return new Map(
    groups.flatMap(({ name, machines }) =>
      machines.flatMap(({ node }) => (node ? [[node, name] as const] : [])),
    ),
  );
}

function nodeView(node: NodeSeen, servers: readonly ServerSeen[]): NodeView {
  const open = node.unschedulable ? 'cordoned' : 'ready';
  const state = node.ready ? open : 'notReady';
  return { name: node.name, flavor: flavorOf(node), state, people: peopleOn(node.name, servers) };
}

/** Without those whom a `verify` made. */
function peopleOn(node: string, servers: readonly ServerSeen[]): string[] {
  return servers.filter((one) => one.node === node && !isTemporary(one.user)).map(whose);
}

function rollingOf({ counts, settled }: MachineGroup): string | undefined {
  const { upToDate, all, wanted, ready } = counts;
  if (!settled) return 'its controllers have not seen the newest change yet';
  if (upToDate < all) return `${upToDate} of ${all} machines are of the newest kind`;
  return all === wanted && ready === wanted ? undefined : `${ready} of ${wanted} machines are ready`;
}
