import { usableShare } from '../../../config/rules/fit.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import { memoryBytes } from '../../../config/units.ts';
import { groupBy } from '../../names.ts';
import { controlPlane, flavorOf, groupBeside } from './groups.ts';
import type { FlavorSeen, NodeSeen } from './observed.ts';
import { type Room, leftOf, noRoom, plus, roomOf } from './room.ts';

/** A kind of node that people's servers can be on: a group's, or a flavour's where no groups are known. */
export interface NodeKind {
  readonly group: string | undefined;
  readonly flavor: string;
  /** Where its room is known from. */
  readonly from: 'cluster' | 'cloud' | 'file';
  /** What people's servers can have of a node. */
  readonly room: Room;
  /** That it has, whether or not a profile asks for them. */
  readonly gpus: number;
  readonly bounds: { readonly min: number; readonly max: number } | undefined;
  /** Of one of its nodes; undefined: there is none to look at. */
  readonly marks: Pick<NodeSeen, 'labels' | 'taints'> | undefined;
}

/** What could be looked at beside the file. */
export interface KindSources {
  readonly nodes: readonly NodeSeen[] | undefined;
  readonly flavors: readonly FlavorSeen[] | undefined;
}

interface Kinds {
  readonly kinds: readonly NodeKind[];
  /** Groups, with their flavour, of which nothing tells what a node has. */
  readonly unknown: readonly { readonly group: string; readonly flavor: string }[];
}

/** As many pods as a kubelet takes unless told otherwise. */
const podsOfNode = 110;

/** The groups of the file and those that the cluster has beside; without any, the flavours of the file. */
export function nodeKinds(environment: Environment, sources: KindSources): Kinds {
  const { scaling } = environment;
  const groups = Object.entries(scaling.nodeGroups);
  const live = liveGroups(sources.nodes ?? [], environment);
  const listed = new Set(groups.map(([name]) => name));
  const wanted: Wanted[] = [
    ...groups.map(([group, { flavor, min, max }]) => ({ group, flavor, bounds: { min, max } })),
    ...[...live]
      .filter(([group]) => !listed.has(group))
      .map(([group, nodes]) => ({
        group,
        flavor: nodes.map(flavorOf).find((name) => name !== undefined) ?? '–',
        bounds: undefined,
      })),
  ];
  if (wanted.length === 0)
    wanted.push(
      ...Object.keys(scaling.flavors).map((flavor) => ({
        group: undefined,
        flavor,
        bounds: undefined,
      })),
    );
  const found = wanted.map((one) => [one, kindOf(one, environment, { ...sources, live })] as const);
  return {
    kinds: found.flatMap(([, kind]) => kind ?? []),
    unknown: found.flatMap(([{ group = '', flavor }, kind]) =>
      kind === undefined ? [{ group, flavor }] : [],
    ),
  };
}

type Wanted = Pick<NodeKind, 'group' | 'flavor' | 'bounds'>;
type Live = ReadonlyMap<string, readonly NodeSeen[]>;

function liveGroups(nodes: readonly NodeSeen[], environment: Environment): Live {
  const named = groupBy(nodes, (node) => groupBeside(node, environment) ?? flavorOf(node) ?? 'nodes');
  named.delete(controlPlane);
  return named;
}

function kindOf(
  wanted: Wanted,
  environment: Environment,
  { live, flavors }: KindSources & { readonly live: Live },
): NodeKind | undefined {
  const { group, flavor } = wanted;
  // A node of another flavour says nothing about those that the file asks for.
  const nodes = (live.get(group ?? flavor) ?? []).filter((node) => (flavorOf(node) ?? flavor) === flavor);
  const [marks] = nodes;
  if (marks !== undefined) return ofCluster(wanted, nodes, { asked: resourcesOf(environment), marks });
  const cloud = flavors?.find(({ name }) => name === flavor);
  const asked = resourcesOf(environment);
  if (cloud !== undefined)
    return { ...wanted, from: 'cloud', room: usable(cloud, asked), gpus: cloud.gpus, marks };
  const file = environment.scaling.flavors[flavor];
  if (file === undefined) return undefined;
  const described = { cores: file.cpu, memory: memoryBytes(file.memory), gpus: file.gpus };
  return { ...wanted, from: 'file', room: usable(described, asked), gpus: file.gpus, marks };
}

function ofCluster(
  wanted: Wanted,
  nodes: readonly NodeSeen[],
  { asked, marks }: Pick<NodeKind, 'marks'> & { readonly asked: readonly string[] },
): NodeKind {
  const room = smallest(nodes.map(roomForPeople));
  const gpus = Object.entries(room.gpus).flatMap(([name, has]) =>
    asked.includes(name) || isGpu(name) ? [has] : [],
  );
  return { ...wanted, from: 'cluster', room, gpus: Math.max(0, ...gpus), marks };
}

/** Of what device plugins offer: `nvidia.com/gpu`, `amd.com/gpu`, `nvidia.com/mig-1g.5gb`, and not a network card. */
function isGpu(resource: string): boolean {
  return /gpu|mig-/i.test(resource);
}

/** GPUs are counted under every name that a profile asks for them by: which one it will be only the node tells. */
export function resourcesOf({ profiles }: Environment): string[] {
  return Object.values(profiles).flatMap(({ gpus }) => gpus?.resource ?? []);
}

/** What people's servers can have of a node of that flavour. */
export function usable(flavor: Omit<FlavorSeen, 'name'>, resources: readonly string[]): Room {
  return {
    cpu: Math.floor(flavor.cores * 1000 * usableShare),
    memory: Math.floor(flavor.memory * usableShare),
    pods: Math.floor(podsOfNode * usableShare),
    gpus: Object.fromEntries(resources.map((name) => [name, flavor.gpus])),
  };
}

function roomForPeople({ allocatable, daemons }: NodeSeen): Room {
  const pods = Number(allocatable['pods'] ?? podsOfNode);
  const taken = daemons.flat().map((requests) => roomOf(requests, 0));
  return leftOf(roomOf(allocatable, pods), taken.reduce(plus, { ...noRoom, pods: daemons.length }), 1);
}

/** Of each resource the least: a server has to fit whichever of the nodes it comes to. */
function smallest(rooms: readonly Room[]): Room {
  const [first, ...others] = rooms;
  if (first === undefined) throw new TypeError('a group with nodes has at least one');
  return others.reduce(
    (a, b) => ({
      cpu: Math.min(a.cpu, b.cpu),
      memory: Math.min(a.memory, b.memory),
      pods: Math.min(a.pods, b.pods),
      gpus: Object.fromEntries(
        Object.entries(a.gpus).map(([name, has]) => [name, Math.min(has, b.gpus[name] ?? 0)]),
      ),
    }),
    first,
  );
}
