import { sizeAnnotations } from '../../../config/cluster-api.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import { isTemporary, whose } from '../../../ports.ts';
import { fewNames } from '../../names.ts';
import { keepRunning } from '../../people-impact.ts';
import type { Plan, Refusal, Step } from '../../plan.ts';
import type { ClusterAction } from '../actions.ts';
import { controlPlane } from './groups.ts';
import type { Bounds, MachineGroup, MachinesSeen } from './machines.ts';
import type { NodesObserved, ServerSeen } from './observed.ts';

/** What somebody wants of a node group. */
export type NodesIntent =
  | { readonly kind: 'scale'; readonly group: string; readonly min?: number; readonly max?: number }
  | {
      readonly kind: 'flavor';
      readonly group: string;
      readonly flavor: string;
      /** Nobody is waited for: servers on nodes that go are stopped. */
      readonly stopServers: boolean;
    };

/** What a plan for nodes is made from. */
export interface NodesLooked {
  readonly environment: Environment;
  readonly observed: NodesObserved;
  readonly intent: NodesIntent;
  /** The chart of the release that owns the cluster: why it cannot be had; undefined: it can, or there is none. */
  readonly noChart: string | undefined;
}

export type NodesPlan = Plan<ClusterAction>;
export type NodesStep = Step<ClusterAction>;

export function planOf(
  environment: Environment,
  { steps, ...rest }: Partial<NodesPlan> & Pick<NodesPlan, 'steps'>,
): NodesPlan {
  return { environment: environment.name, steps, impacts: [], notes: [], ...rest };
}

export function refusedPlan(environment: Environment, refusal: Refusal): NodesPlan {
  return planOf(environment, { steps: [], refusal });
}

/**
 * Servers of people on the nodes of a group, as far as its machines say which nodes they are. None where the cluster was
 * not seen: see `unseenServers` first.
 */
export function serversOf({ nodes }: NodesObserved, { machines }: MachineGroup): readonly ServerSeen[] {
  if (!('seen' in nodes)) return [];
  const names = new Set(machines.flatMap(({ node }) => node ?? []));
  return nodes.seen.servers.filter(({ user, node }) => !isTemporary(user) && names.has(node ?? ''));
}

/** Why it is not known who is on the nodes of a group; undefined: it is, or there are none. */
export function unseenServers({ nodes }: NodesObserved, group: MachineGroup): string | undefined {
  return 'seen' in nodes || hasNobody(group) ? undefined : nodes.notSeen;
}

/** No node of it has a person's server, whoever logs in: it has none, or none that takes any. */
export function hasNobody({ name, machines, counts }: MachineGroup): boolean {
  return name === controlPlane || (machines.length === 0 && counts.all === 0);
}

/** People of this environment alone were seen: others may be on the same nodes. */
export function ownOnlyNotes({ nodes }: NodesObserved): NodesPlan['notes'] {
  const why = 'seen' in nodes ? nodes.seen.onlyOwn : undefined;
  if (why === undefined) return [];
  return [{ severity: 'warning', text: `people of other environments were not looked for: ${why}` }];
}

/** The nodes of a group that people's servers are on. */
export function busyNodes(observed: NodesObserved, group: MachineGroup): ReadonlySet<string> {
  return new Set(serversOf(observed, group).flatMap(({ node }) => node ?? []));
}

/** Never below what the running servers need: the nodes that they are on. */
export function tooFew(
  group: string,
  max: number,
  servers: readonly ServerSeen[],
  where: string,
): Refusal | undefined {
  const busy = new Set(servers.map(({ node }) => node)).size;
  if (max >= busy) return undefined;
  return {
    what: `${group} cannot have ${max} nodes: people's servers are on ${busy} (${fewNames(servers.map(whose))}).`,
    where,
    fix: `Ask for ${busy} or more, or wait until they have stopped.`,
  };
}

/** Bounds of which the first is the greater one. */
export function crossedBounds(group: string, { min, max }: Bounds, where: string): Refusal | undefined {
  if (min <= max) return undefined;
  return {
    what: `The minimum of ${group}, ${min}, is above its maximum, ${max}.`,
    where,
    fix: 'Give `--min` and `--max` so that the first is not the greater one.',
    exitCode: 2,
  };
}

export function nobodyTouched({ nodes }: NodesObserved): NodesPlan['impacts'] {
  if ('notSeen' in nodes)
    return [{ kind: 'untouched', people: [], text: 'Servers keep running; whose they are was not seen.' }];
  const people = nodes.seen.servers.filter(({ user }) => !isTemporary(user));
  return keepRunning(people.map((server) => ({ user: whose(server) })));
}

/** By the group's own name or by that of its object. */
export function groupNamed({ groups }: MachinesSeen, name: string): MachineGroup | undefined {
  return groups.find((group) => group.name === name) ?? groups.find(({ ref }) => ref.name === name);
}

export function noSuchGroup({ groups, context }: MachinesSeen, name: string): Refusal {
  return {
    what: `There is no node group ${name}.`,
    where: `context ${context}`,
    fix: `There are ${groups.map((group) => group.name).join(', ')}.`,
    exitCode: 2,
  };
}

/** Commands of people who may work on the management cluster, where this one may not. */
export function withoutManagement(
  { environment, observed, intent }: Pick<NodesLooked, 'environment' | 'observed' | 'intent'>,
  why: string,
): Refusal {
  const { group } = intent;
  const cluster = clusterOf(environment, observed);
  const values =
    intent.kind === 'scale'
      ? [
          'autoscale: true',
          ...(intent.min === undefined ? [] : [`machineCountMin: ${intent.min}`]),
          ...(intent.max === undefined ? [] : [`machineCountMax: ${intent.max}`]),
        ]
      : [`machineFlavor: ${intent.flavor}`];
  const place =
    group === 'control-plane' ? 'under `controlPlane`' : `in the group \`${group}\` under \`nodeGroups\``;
  const object = group === 'control-plane' ? 'KubeadmControlPlane' : 'MachineDeployment';
  const annotations =
    intent.kind === 'scale'
      ? [
          ...(intent.min === undefined ? [] : [`${sizeAnnotations.min}: "${intent.min}"`]),
          ...(intent.max === undefined ? [] : [`${sizeAnnotations.max}: "${intent.max}"`]),
        ].join(', ')
      : `a reference to a new OpenStackMachineTemplate with the flavour ${intent.flavor}`;
  return {
    what: `The node groups of ${environment.name} cannot be changed from here.`,
    where: why,
    fix: 'Name the management cluster as `kubernetes.managementContext`, or have its administrators change what is below.',
    details: [
      `Of a release of capi-helm-charts, ${place} of the release ${cluster}:`,
      ...values.map((line) => `    ${line}`),
      `Otherwise, on the ${object} of ${group} of the cluster ${cluster}: ${annotations}`,
    ].join('\n'),
    exitCode: 2,
  };
}

function clusterOf({ openstack }: Environment, { nodes }: NodesObserved): string {
  const annotated =
    'seen' in nodes
      ? nodes.seen.nodes.map(({ annotations }) => annotations['cluster.x-k8s.io/cluster-name'])
      : [];
  return annotated.find((name) => name !== undefined) ?? openstack?.clusterName ?? 'of this cluster';
}

/** What the file says of a group, where that will not be true any more. */
export function fileNote(text: string): NodesPlan['notes'] {
  return [{ severity: 'info', text: `the file still says ${text}: correct it` }];
}
