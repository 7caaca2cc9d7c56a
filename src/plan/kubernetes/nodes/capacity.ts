import type { Environment } from '../../../config/schema/environment.ts';
import { type KindSources, type NodeKind, nodeKinds } from './kinds.ts';
import { type Room, leftOf, needsOf, refusedBy, seatsIn, shortOf } from './room.ts';

/** Servers of one profile on nodes of one kind. */
export interface Seating {
  readonly profile: string;
  readonly group: string | undefined;
  readonly flavor: string;
  /** Servers on one node. */
  readonly seats: number;
  /** Why there are none. */
  readonly why?: string;
  /** Nodes for as many people as were asked about, and as many again as are kept warm; undefined: nobody fits. */
  readonly nodes: number | undefined;
  /** Seats at the group's maximum; undefined: the maximum is not known. */
  readonly most: number | undefined;
  /** Parts of a full node that nobody can use, from 0 to 1. */
  readonly unused: { readonly cpu: number; readonly memory: number };
}

/** The seats of a profile that are kept warm. */
export interface Warm {
  readonly profile: string;
  readonly count: number;
  /** Groups, or flavours, on whose nodes one fits. */
  readonly fitsOn: readonly string[];
}

export interface Capacity {
  readonly people: number | undefined;
  readonly kinds: readonly NodeKind[];
  readonly seatings: readonly Seating[];
  readonly placeholders: readonly Warm[];
  /** What has to be known to read the numbers. */
  readonly notes: readonly string[];
}

/** How many servers of each profile the nodes have room for, each profile as if it were alone. */
export function capacityOf(
  environment: Environment,
  sources: KindSources,
  people: number | undefined,
): Capacity {
  const { kinds, unknown } = nodeKinds(environment, sources);
  const profiles = Object.entries(environment.profiles);
  const seatings = kinds.flatMap((kind) =>
    profiles.map((profile) => seatingOf(environment, profile, kind, people)),
  );
  const placeholders = profiles.flatMap(([profile, { placeholders: count }]): Warm[] => {
    const room = seatings.filter((one) => one.profile === profile && one.seats > 0);
    const fitsOn = room.map(({ group, flavor }) => group ?? flavor);
    return count === 0 ? [] : [{ profile, count, fitsOn }];
  });
  const notes = [...unknownNotes(unknown, kinds), ...fitNotes(placeholders, kinds), ...shareNotes(kinds)];
  return { people, kinds, seatings, placeholders, notes };
}

/** Nodes that so many servers need, as many on each as have room. undefined: there is no room for one. */
export function nodesFor(servers: number, seats: number): number | undefined {
  if (servers === 0) return 0;
  return seats === 0 ? undefined : Math.ceil(servers / seats);
}

function seatingOf(
  environment: Environment,
  [name, profile]: readonly [string, Environment['profiles'][string]],
  { group, flavor, room, marks, bounds }: NodeKind,
  people: number | undefined,
): Seating {
  const needs = needsOf(profile);
  const refused = marks && refusedBy(marks, profile, environment);
  const seats = refused === undefined ? seatsIn(room, needs) : 0;
  const short = shortOf(room, needs);
  const why = refused ?? (short.length > 0 ? `too little ${short.join(' and ')}` : undefined);
  return {
    profile: name,
    group,
    flavor,
    seats,
    ...(why === undefined ? {} : { why }),
    nodes: people === undefined ? undefined : nodesFor(people + profile.placeholders, seats),
    most: bounds && bounds.max * seats,
    unused: unusedOf(room, leftOf(room, needs, seats)),
  };
}

function unusedOf(room: Room, left: Room): Seating['unused'] {
  return { cpu: partOf(left.cpu, room.cpu), memory: partOf(left.memory, room.memory) };
}

function partOf(rest: number, all: number): number {
  return all <= 0 ? 0 : rest / all;
}

function unknownNotes(
  unknown: readonly { readonly group: string; readonly flavor: string }[],
  kinds: readonly NodeKind[],
): string[] {
  if (unknown.length === 0 && kinds.length === 0)
    return [
      'No node group and no flavour is known. Write them, for example: `scaling: { flavors: { l3.large: { cpu: 16, memory: 64G } }, nodeGroups: { workers: { flavor: l3.large, min: 1, max: 10 } } }`.',
    ];
  return unknown.map(
    ({ group, flavor }) =>
      `what a node of ${group} has is not known: describe ${flavor} in \`scaling.flavors\``,
  );
}

function fitNotes(placeholders: readonly Warm[], kinds: readonly NodeKind[]): string[] {
  if (kinds.length === 0) return [];
  return placeholders
    .filter(({ fitsOn }) => fitsOn.length === 0)
    .map(
      ({ profile }) =>
        `placeholders of ${profile} fit on no node: they would wait for ever, and keep no seat warm`,
    );
}

/** Of nodes that are there it is known what the system keeps; of others it is a tenth, roughly. */
function shareNotes(kinds: readonly NodeKind[]): string[] {
  return kinds.some(({ from }) => from !== 'cluster')
    ? ['where a node was not there to be looked at, a tenth of its flavour counts as the system’s own']
    : [];
}
