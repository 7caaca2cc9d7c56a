import type { Bounds } from '../../plan/kubernetes/nodes/machines.ts';
import type { NodesObserved, QuotaSeen, WaitingPod } from '../../plan/kubernetes/nodes/observed.ts';
import type { GroupView, NodeView } from '../../plan/kubernetes/nodes/overview.ts';
import type { Seen } from '../../plan/doctor/check.ts';
import { waitingByReason, whoWaits } from '../../plan/kubernetes/nodes/why-not.ts';
import { minutes } from '../../plan/minutes.ts';
import { fewNames, groupBy } from '../../plan/names.ts';
import type { Io } from '../io.ts';
import { type Diagnosis, renderFinding } from './doctor.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { bytes } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

interface Shown {
  readonly environment: string;
  readonly groups: readonly GroupView[];
  readonly observed: NodesObserved;
  readonly found: Diagnosis;
}

/** Groups, nodes, quota, and what is wrong with them; what could not be looked at is said. */
export function renderNodes({ environment, groups, observed, found }: Shown, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const { nodes, autoscaler, machines, compute } = observed;
  const lines = [
    ...('seen' in machines ? [ownerText(machines.seen)] : []),
    ...('seen' in compute ? [quotaText(compute.seen.quota)] : []),
    ...groups.flatMap(({ name, rolling }) => (rolling === undefined ? [] : [`${name}: ${rolling}`])),
    ...groups.flatMap((group) => group.machines.flatMap(machineLines)),
    ...('seen' in nodes
      ? [...waitingLines(nodes.seen.waiting, autoscaler), ...ownOnlyLines(nodes.seen.onlyOwn)]
      : []),
    ...unseenLines({
      'the cluster': nodes,
      'its autoscaler': autoscaler,
      'its Cluster API': machines,
      'the cloud': compute,
    }),
  ];
  return [
    `${colours.bold(`Nodes of ${environment}`)}\n`,
    groups.length === 0 ? 'No node group is known.\n' : groupsTable(groups),
    groups.some((group) => group.nodes.length > 0) ? `\n${nodesTable(groups)}` : '',
    ...lines.map((text) => `${wrap(`${colours.dim('·')} ${text}`, width, 2)}\n`),
    ...found.findings.map((finding) => `\n${renderFinding(finding, io)}`),
  ].join('');
}

/** Parts that lack the same are told of once. */
function unseenLines(parts: Readonly<Record<string, Seen<unknown>>>): string[] {
  const unseen = Object.entries(parts).flatMap(([name, part]) =>
    'notSeen' in part ? [{ name, why: part.notSeen }] : [],
  );
  return [...groupBy(unseen, ({ why }) => why)].map(
    ([why, ones]) => `not looked at: ${ones.map(({ name }) => name).join(' and ')}. ${why}`,
  );
}

/** Who waits, and the scheduler's words; those of whom it says the same together. */
function waitingLines(waiting: readonly WaitingPod[], autoscaler: NodesObserved['autoscaler']): string[] {
  const said = 'seen' in autoscaler ? autoscaler.seen : { said: new Map<string, never>() };
  return [...groupBy(waiting, ({ scheduler }) => scheduler)].map(([scheduler, pods]) => {
    const longest = Math.max(...pods.map(({ ageSeconds }) => ageSeconds));
    const comes = waitingByReason({ waiting: pods }, said).some((one) => one.comes);
    const next = comes ? ' The autoscaler has asked for a node.' : '';
    return `waiting for a node for ${minutes(longest)}: ${whoWaits(pods)}. The scheduler: ${scheduler}${next}`;
  });
}

function ownOnlyLines(why: string | undefined): string[] {
  if (why === undefined) return [];
  return [
    `only this environment’s people are shown, and what DaemonSets take of a node is not known. ${why}`,
  ];
}

function machineLines({ name, says }: GroupView['machines'][number]): string[] {
  return says.flatMap((text) => text.split('\n')).map((line) => `${name}: ${line}`);
}

function groupsTable(groups: readonly GroupView[]): string {
  const rows = groups.map((group) => [
    group.name,
    group.flavors.join(', ') || '–',
    boundsText(group.bounds),
    group.wanted === undefined ? '–' : String(group.wanted),
    `${group.ready} of ${group.nodes.length}`,
    String(group.nodes.flatMap(({ people }) => people).length),
  ]);
  return table([['GROUP', 'FLAVOUR', 'BOUNDS', 'WANTED', 'READY', 'PEOPLE'], ...rows]);
}

function boundsText(bounds: Bounds | undefined): string {
  return bounds === undefined ? 'fixed' : `${bounds.min} to ${bounds.max}`;
}

const states: Readonly<Record<NodeView['state'], string>> = {
  ready: 'ready',
  notReady: 'not ready',
  cordoned: 'ready, takes no new servers',
};

function nodesTable(groups: readonly GroupView[]): string {
  const rows = groups.flatMap(({ name, nodes, machines }) => [
    ...nodes.map((node) => [
      node.name,
      name,
      node.flavor ?? '–',
      states[node.state],
      fewNames(node.people) || '–',
    ]),
    ...machines
      .filter((machine) => !nodes.some((node) => node.name === machine.name))
      .map((machine) => [machine.name, name, '–', machine.phase, '–']),
  ]);
  return table([['NODE', 'GROUP', 'FLAVOUR', 'STATE', 'PEOPLE'], ...rows]);
}

function ownerText({ context, cluster, release }: Owner): string {
  const where = `Cluster API on ${context}, cluster ${cluster.namespace}/${cluster.name}`;
  if (release === undefined) return where;
  const { name, chart, revision } = release;
  return `${where}, by the release ${name} (${chart.name} ${chart.version}, revision ${revision})`;
}

type Owner = Extract<NodesObserved['machines'], { seen: unknown }>['seen'];

function quotaText({ cores, memory, instances, ports }: QuotaSeen): string {
  const ofNetwork = ports === undefined ? 'ports not told' : `${used(ports)} ports`;
  return `quota: ${used(cores)} cores, ${used(memory, bytes)} of memory, ${used(instances)} instances, ${ofNetwork}`;
}

function used(amount: QuotaSeen['cores'], text: (value: number) => string = String): string {
  return `${text(amount.used)} of ${amount.most === undefined ? 'any number' : text(amount.most)}`;
}
