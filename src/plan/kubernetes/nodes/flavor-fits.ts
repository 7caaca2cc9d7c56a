import { defaultProfile } from '../../../platform/kubernetes/jupyterhub/profiles.ts';
import type { Refusal } from '../../plan.ts';
import type { NodesIntent, NodesLooked } from './change.ts';
import { busyNodes, serversOf } from './change.ts';
import { controlPlane } from './groups.ts';
import { resourcesOf, usable } from './kinds.ts';
import type { MachineGroup } from './machines.ts';
import type { FlavorSeen, QuotaSeen } from './observed.ts';
import { flavorNamed, roomInQuota } from './quota.ts';
import { needsOf, seatsIn } from './room.ts';

type Looked = NodesLooked & { readonly intent: Extract<NodesIntent, { kind: 'flavor' }> };

/** Why the group cannot have that flavour: there is none, the quota lacks room, or running servers would not fit. */
export function flavorRefusal(looked: Looked, group: MachineGroup): Refusal | undefined {
  const { environment, observed, intent } = looked;
  const { compute } = observed;
  const flavors = 'seen' in compute ? compute.seen.flavors : [];
  const wanted = flavorNamed(intent.flavor, environment, flavors);
  if ('seen' in compute && !flavors.some(({ name }) => name === intent.flavor))
    return unknown(looked, flavors);
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
  if (count === 0) return undefined;
  const busy = busyNodes(observed, group).size;
  const linger = intent.stopServers ? 1 : Math.max(1, busy);
  const more = (key: 'cores' | 'memory'): number =>
    Math.max(wanted[key], count * wanted[key] - (count - linger) * (now?.[key] ?? 0));
  const room = roomInQuota(quota, { cores: more('cores'), memory: more('memory'), instances: linger });
  if (room.nodes >= 1) return undefined;
  return {
    what: `The quota has no room for this change: a new machine comes before an old one goes, and ${room.ends.replace('a node takes', 'it needs')} more.`,
    where: `node group ${group.name}, ${count} machines, ${intent.flavor}`,
    fix: 'Have the cloud’s operators raise the quota, or make room for it.',
  };
}

/** Never below what the running servers need: each has to have a place on a node of the new kind. */
function tooSmall(
  { environment, observed, intent }: Looked,
  group: MachineGroup,
  wanted: FlavorSeen,
): Refusal | undefined {
  if (group.name === controlPlane) return undefined;
  const running = new Set(
    serversOf(observed, group).map(({ profile }) => profile ?? defaultProfile(environment)),
  );
  const room = usable(wanted, resourcesOf(environment));
  const small = [...running].filter((slug) => {
    const profile = environment.profiles[slug ?? ''];
    return profile !== undefined && seatsIn(room, needsOf(profile)) === 0;
  });
  if (small.length === 0) return undefined;
  return {
    what: `People run servers of ${small.join(', ')} on ${group.name}, and a node with ${intent.flavor} has no room for one.`,
    where: `node group ${group.name}`,
    fix: `\`hubwright capacity ${environment.name}\` shows what fits. Choose a bigger flavour, or change the profile first.`,
  };
}
