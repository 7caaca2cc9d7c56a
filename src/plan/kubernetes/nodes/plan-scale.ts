import type { Refusal } from '../../plan.ts';
import type { ObjectRef } from '../observed.ts';
import type { NodeAction } from './actions.ts';
import {
  type NodesIntent,
  type NodesLooked,
  type NodesPlan,
  type NodesStep,
  fileNote,
  groupNamed,
  noSuchGroup,
  nobodyTouched,
  ownOnlyNotes,
  planOf,
  refusedPlan,
  busyNodes,
  crossedBounds,
  serversOf,
  tooFew,
  unseenServers,
  withoutManagement,
} from './change.ts';
import type { Bounds, MachineGroup, MachinesSeen } from './machines.ts';
import { planArgument } from './plan-argument.ts';
import { flavorNamed, roomInQuota } from './quota.ts';
import { isCutOff, releaseStep } from './release-step.ts';
import { boundsChanges } from './release-values.ts';

type Scale = Extract<NodesIntent, { kind: 'scale' }>;
type Looked = NodesLooked & { readonly intent: Scale };

/** Other bounds for a node group, by whatever owns it. Nobody's server is touched. */
export function planScale(looked: Looked): NodesPlan {
  const { environment, observed, intent } = looked;
  const { machines, autoscaler } = observed;
  const deployment = 'seen' in autoscaler ? autoscaler.seen.deployment : undefined;
  if (!('seen' in machines)) {
    return deployment === undefined
      ? refusedPlan(environment, withoutManagement(looked, neitherSeen(machines.notSeen, autoscaler)))
      : planArgument(looked, deployment);
  }
  const group = groupNamed(machines.seen, intent.group);
  if (group === undefined) return refusedPlan(environment, noSuchGroup(machines.seen, intent.group));
  const bounds = wantedBounds(group, intent);
  const refusal = refusalOf(looked, group, bounds);
  if (refusal !== undefined) return refusedPlan(environment, refusal);
  const sent = !isCutOff(machines.seen.release, environment);
  if (sent && isSo(group, bounds)) return planOf(environment, { steps: [] });
  const notes = [
    ...ownOnlyNotes(observed),
    ...quotaNotes(looked, group, bounds),
    ...fileNotes(looked, bounds),
  ];
  const change = stepOf(machines.seen, { group, bounds }, looked);
  return 'refusal' in change
    ? refusedPlan(environment, change.refusal)
    : planOf(environment, { ...change, impacts: nobodyTouched(observed), notes });
}

/** An autoscaler of the cluster itself may be what was not seen. */
function neitherSeen(why: string, autoscaler: NodesLooked['observed']['autoscaler']): string {
  return 'notSeen' in autoscaler && autoscaler.notSeen !== why ? `${why} ${autoscaler.notSeen}` : why;
}

/** What is not given stays; one end takes the other along. */
function wantedBounds({ bounds, counts }: MachineGroup, { min, max }: Scale): Bounds {
  const now = bounds ?? { min: counts.wanted, max: counts.wanted };
  if (min === undefined) return { min: Math.min(now.min, max ?? now.max), max: max ?? now.max };
  return { min, max: max ?? Math.max(now.max, min) };
}

/** A group that is not autoscaled and is to have one number of machines stays so. */
function isFixed({ bounds }: MachineGroup, wanted: Bounds): boolean {
  return bounds === undefined && wanted.min === wanted.max;
}

function isSo({ bounds, counts }: MachineGroup, wanted: Bounds): boolean {
  if (bounds === undefined) return wanted.min === wanted.max && counts.wanted === wanted.min;
  return bounds.min === wanted.min && bounds.max === wanted.max && counts.wanted >= wanted.min;
}

function refusalOf(looked: Looked, group: MachineGroup, wanted: Bounds): Refusal | undefined {
  const { observed } = looked;
  const where = `${group.ref.kind} ${group.ref.namespace ?? ''}/${group.ref.name}`;
  const crossed = crossedBounds(group.name, wanted, where);
  if (crossed !== undefined) return crossed;
  if (group.ref.kind === 'KubeadmControlPlane')
    return {
      what: 'The control plane has no bounds: it is 1, 3 or 5 machines, and the autoscaler leaves it alone.',
      where,
      fix: `Its flavour can be changed: \`hubwright nodes ${looked.environment.name} flavor control-plane NAME\`.`,
      exitCode: 2,
    };
  return (
    unseen(looked, group, wanted, where) ??
    tooFew(group.name, wanted.max, serversOf(observed, group), where) ??
    overQuota(looked, group, wanted, where)
  );
}

/** Where nobody knows who is on them, no node may go. */
function unseen(
  { observed }: Looked,
  group: MachineGroup,
  wanted: Bounds,
  where: string,
): Refusal | undefined {
  const why = unseenServers(observed, group);
  const there = Math.max(group.counts.all, group.machines.length);
  if (why === undefined || wanted.max >= there) return undefined;
  return {
    what: `${group.name} cannot have fewer than its ${there} nodes: whose servers are on them was not seen.`,
    where,
    fix: `Ask for ${there} or more, or mend what keeps the cluster from being looked at: ${why}`,
  };
}

/** Machines that are made at once, because of the minimum, have to fit into the quota. */
function overQuota(looked: Looked, group: MachineGroup, wanted: Bounds, where: string): Refusal | undefined {
  const more = wanted.min - group.counts.wanted;
  const room = quotaFor(looked, group);
  if (more <= 0 || room === undefined || room.nodes >= more) return undefined;
  return {
    what: `The quota has no room for ${more} more ${more === 1 ? 'node' : 'nodes'} of ${group.name}: ${room.ends}.`,
    where,
    fix: `Ask for at most ${group.counts.wanted + room.nodes}, or have the cloud's operators raise the quota.`,
  };
}

function quotaFor({ environment, observed: { compute } }: Looked, { template }: MachineGroup) {
  if (!('seen' in compute) || template?.flavor === undefined) return undefined;
  const flavor = flavorNamed(template.flavor, environment, compute.seen.flavors);
  return flavor && roomInQuota(compute.seen.quota, { ...flavor, ports: template.ports });
}

function quotaNotes(looked: Looked, group: MachineGroup, wanted: Bounds): NodesPlan['notes'] {
  const { compute } = looked.observed;
  const room = quotaFor(looked, group);
  if (room === undefined) {
    const why = 'notSeen' in compute ? compute.notSeen : 'the flavour of the group is not known';
    return [{ severity: 'warning', text: `the quota was not looked at: ${why}` }];
  }
  const more = wanted.max - group.counts.wanted;
  return room.nodes >= more
    ? []
    : [
        {
          severity: 'warning',
          text: `the quota lasts for ${room.nodes} of the ${more} nodes more: ${room.ends}`,
        },
      ];
}

function fileNotes({ environment, intent }: Looked, { min, max }: Bounds): NodesPlan['notes'] {
  const written = environment.scaling.nodeGroups[intent.group];
  if (written === undefined || (written.min === min && written.max === max)) return [];
  return fileNote(`${written.min} to ${written.max} for ${intent.group}`);
}

function stepOf(
  seen: MachinesSeen,
  { group, bounds }: { readonly group: MachineGroup; readonly bounds: Bounds },
  looked: Looked,
): Pick<NodesPlan, 'steps' | 'changes'> | { readonly refusal: Refusal } {
  const title = isFixed(group, bounds)
    ? `${group.name}: ${bounds.min} nodes`
    : `${group.name}: ${bounds.min} to ${bounds.max} nodes`;
  const now = group.bounds ? `${group.bounds.min} to ${group.bounds.max}` : String(group.counts.wanted);
  const about = { id: `scale:${group.name}`, title, reason: `they are ${now} now`, needs: [] };
  const { release } = seen;
  const action = machinesAction(looked, group, bounds);
  if (release === undefined) return { steps: [{ ...about, action }] };
  const mark = markSteps(action, group);
  const whole = { ...about, needs: mark.map(({ id }) => id) };
  const made = releaseStep(whole, {
    seen,
    release,
    group,
    changes: boundsChanges(release, group.name, bounds),
    looked,
  });
  if ('refusal' in made) return made;
  // Bounds do not make machines: of an autoscaled group the release has no number.
  const below = group.bounds !== undefined && group.counts.wanted < bounds.min;
  const raise = {
    ...about,
    id: `replicas:${group.name}`,
    title: `${group.name}: as many machines as its minimum`,
    needs: [about.id],
    action: { ...action, bounds: undefined },
  };
  const sent = made.steps.length === 0 ? [] : [...mark, ...made.steps];
  return { ...made, steps: [...sent, ...(below ? [raise] : [])] };
}

/** A release says how many machines there are, and not which of them go. */
function markSteps(action: ScaleMachines, { name }: MachineGroup): NodesStep[] {
  if (action.goFirst.length === 0) return [];
  return [
    {
      id: `mark:${name}`,
      title: `${name}: the nodes that go are some that nobody is on`,
      reason: 'Cluster API would choose at random',
      needs: [],
      action: { ...action, bounds: undefined, replicas: undefined },
    },
  ];
}

type ScaleMachines = Extract<NodeAction, { kind: 'scaleMachines' }>;

function machinesAction(looked: Looked, group: MachineGroup, bounds: Bounds): ScaleMachines {
  const fixed = isFixed(group, bounds);
  const replicas = fixed || group.counts.wanted < bounds.min ? bounds.min : undefined;
  const fewer = replicas !== undefined && replicas < group.counts.wanted;
  return {
    kind: 'scaleMachines',
    group: group.ref,
    bounds: fixed ? undefined : bounds,
    replicas,
    goFirst: fewer ? goFirst(looked, group, replicas) : [],
  };
}

/** As many as go, of those that nobody is on: a mark on one that stays would have it go another time. */
function goFirst({ observed }: Looked, group: MachineGroup, replicas: number): ObjectRef[] {
  const busy = busyNodes(observed, group);
  const staying = group.machines.filter(({ deleting }) => !deleting);
  return staying
    .filter(({ node }) => !busy.has(node ?? ''))
    .toSorted((a, b) => Number(a.node !== undefined) - Number(b.node !== undefined))
    .slice(0, Math.max(0, staying.length - replicas))
    .map(({ name }) => ({ ...machineKind(group), name }));
}

function machineKind({ ref }: MachineGroup) {
  return { apiVersion: ref.apiVersion, kind: 'Machine', namespace: ref.namespace ?? '' };
}
