import { whose } from '../../../ports.ts';
import { defaultProfile } from '../../../platform/kubernetes/jupyterhub/profiles.ts';
import type { Refusal } from '../../plan.ts';
import type { NodesIntent, NodesLooked } from './change.ts';
import { busyNodes, serversOf } from './change.ts';
import { controlPlane, flavorOf } from './groups.ts';
import { resourcesOf, usable } from './kinds.ts';
import type { MachineGroup } from './machines.ts';
import type { FlavorSeen, QuotaSeen, ServerSeen } from './observed.ts';
import { flavorNamed, roomInQuota } from './quota.ts';
import { noRoom, needsOf, plus, roomOf, seatsIn } from './room.ts';

type Looked = NodesLooked & { readonly intent: Extract<NodesIntent, { kind: 'flavor' }> };

/** Why the group cannot have that flavour: there is none, the quota lacks room, or running servers would not fit. */
export function flavorRefusal(looked: Looked, group: MachineGroup): Refusal | undefined {
  const { environment, observed, intent } = looked;
  const { compute } = observed;
  const flavors = 'seen' in compute ? compute.seen.flavors : [];
  const wanted = flavorNamed(intent.flavor, environment, flavors);
  if ('seen' in compute && !flavors.some(({ name }) => name === intent.flavor))
    return unknown(looked, flavors);
  if ('notSeen' in compute && !isKnown(looked)) return unchecked(looked, compute.notSeen);
  if (wanted === undefined) return undefined;
  const quota = 'seen' in compute ? compute.seen.quota : undefined;
  return (quota && overQuota(looked, group, wanted, quota)) ?? tooSmall(looked, group, wanted);
}

function unknown({ intent }: Looked, flavors: readonly FlavorSeen[]): Refusal {
  const names = flavors.map(({ name }) => name).toSorted();
  return {
    what: `The cloud has no flavour ${intent.flavor} for this project.`,
    where: `node group ${intent.group}`,
    fix: `It has ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''}.`,
    exitCode: 2,
  };
}

/** Whether the file or another group has such a flavour: then the cloud has it too, most likely. */
function isKnown({ environment: { scaling }, observed: { machines, nodes }, intent }: Looked): boolean {
  const written = [
    ...Object.keys(scaling.flavors),
    ...Object.values(scaling.nodeGroups).map(({ flavor }) => flavor),
    scaling.controlPlane?.flavor,
  ];
  const groups = 'seen' in machines ? machines.seen.groups.map(({ template }) => template?.flavor) : [];
  const live = 'seen' in nodes ? nodes.seen.nodes.map(flavorOf) : [];
  return [...written, ...groups, ...live].includes(intent.flavor);
}

function unchecked({ intent }: Looked, why: string): Refusal {
  return {
    what: `Whether the cloud has a flavour ${intent.flavor} cannot be checked, and neither the file nor another group has it.`,
    where: why,
    fix: `With one that is not there every new machine fails. Have the cloud looked at, or describe \`${intent.flavor}\` in \`scaling.flavors\`.`,
    exitCode: 2,
  };
}

/** One machine more while it rolls; and one that waits for people does not keep the next from coming. */
function overQuota(
  { environment, observed, intent }: Looked,
  group: MachineGroup,
  wanted: FlavorSeen,
  quota: QuotaSeen,
): Refusal | undefined {
  const { compute } = observed;
  const flavors = 'seen' in compute ? compute.seen.flavors : [];
  const now = flavorNamed(group.template?.flavor ?? '', environment, flavors);
  const count = group.counts.wanted;
  if (count === 0 || isBack(group, intent.flavor)) return undefined;
  const busy = busyNodes(observed, group).size;
  const linger = intent.stopServers ? 1 : Math.max(1, busy);
  const more = (key: 'cores' | 'memory'): number =>
    Math.max(wanted[key], count * wanted[key] - (count - linger) * (now?.[key] ?? 0));
  const room = roomInQuota(quota, {
    cores: more('cores'),
    memory: more('memory'),
    instances: linger,
    ports: linger * (group.template?.ports ?? 1),
  });
  if (room.nodes >= 1) return undefined;
  return {
    what: `The quota has no room for this change: a new machine comes before an old one goes, and ${room.ends.replace('a node takes', 'it needs')} more.`,
    where: `node group ${group.name}, ${count} machines, ${intent.flavor}`,
    fix: 'Have the cloud’s operators raise the quota, or make room for it.',
  };
}

/** The nodes all have it still, from before a change that did not get far: none has to come. */
function isBack({ machines, counts }: MachineGroup, flavor: string): boolean {
  const nodes = machines.filter(({ node, deleting }) => node !== undefined && !deleting);
  return nodes.length >= counts.wanted && nodes.every((machine) => machine.flavor === flavor);
}

/** Never below what the running servers need: each has to have a place on a node of the new kind. */
function tooSmall(
  { environment, observed, intent }: Looked,
  group: MachineGroup,
  wanted: FlavorSeen,
): Refusal | undefined {
  if (group.name === controlPlane) return undefined;
  const servers = serversOf(observed, group);
  const running = new Set(
    servers
      .filter(({ elsewhere }) => elsewhere === undefined)
      .map(({ profile }) => profile ?? defaultProfile(environment)),
  );
  const room = usable(wanted, resourcesOf(environment));
  const small = [...running].filter((slug) => {
    const profile = environment.profiles[slug ?? ''];
    return profile !== undefined && seatsIn(room, needsOf(profile)) === 0;
  });
  const others = servers.filter((one) => one.elsewhere !== undefined && !fitsAgain(one, wanted));
  if (small.length + others.length === 0) return undefined;
  const whom = [
    ...small.map((slug) => `servers of ${slug}`),
    ...others.map((one) => `the server of ${whose(one)}`),
  ];
  return {
    what: `People run ${whom.join(' and ')} on ${group.name}, and a node with ${intent.flavor} has no room for one.`,
    where: `node group ${group.name}`,
    fix: `\`hubwright capacity ${environment.name}\` shows what fits. Choose a bigger flavour, or change the profile first.`,
  };
}

/** Of other environments the profiles are not known, but what a server asks for. */
function fitsAgain({ asks }: ServerSeen, flavor: FlavorSeen): boolean {
  const needs = asks.map((one) => roomOf(one, 0)).reduce(plus, { ...noRoom, pods: 1 });
  return seatsIn(usable(flavor, Object.keys(needs.gpus)), needs) > 0;
}
