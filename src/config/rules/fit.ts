import type { Profile } from '../schema/profiles.ts';
import { memoryBytes } from '../units.ts';
import { error, warning } from './rule.ts';
import type { Rule, View } from './rule.ts';

interface Room {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
}

/** What the system of a node keeps for itself, roughly. */
export const usableShare = 0.9;

/** A server that fits on no node waits until its start times out. */
export const profileFitsFlavor: Rule = (view) => {
  const flavors = flavorsOf(view);
  if (view.settings.target !== 'kubernetes' || flavors.length === 0) return [];
  return [...view.profiles].flatMap(([name, profile]) => {
    const needs = needsOf(profile);
    if (flavors.some((flavor) => fits(needs, flavor, usableShare))) return [];
    const path = ['profiles', name];
    const what = shortOf(needs, flavors);
    const words = {
      path,
      at: 'key' as const,
      fix: `Lower ${what === 'GPUs' ? '`gpus.count`' : `\`${what}.guarantee\``} of \`${name}\`, or add a bigger flavour.`,
    };
    if (flavors.some((flavor) => fits(needs, flavor, 1))) {
      return [
        warning({
          ...words,
          code: 'profile-barely-fits',
          message: `A server of \`${name}\` fills a node so tightly that the node's own system may leave it no room`,
        }),
      ];
    }
    return [
      error({
        ...words,
        code: 'profile-fits-nowhere',
        message: `No flavour has room for a server of \`${name}\`: ${what === 'GPUs' ? 'no node has that many GPUs' : `there is not enough ${what} on any node`}`,
      }),
    ];
  });
};

/** The flavours of the node groups that are described; all of them where no groups are written. */
function flavorsOf({ settings }: View): Room[] {
  const { flavors = {}, nodeGroups = {} } = settings.scaling ?? {};
  const groups = Object.values(nodeGroups);
  // A group with an unknown flavour may have room for anything.
  if (groups.some((group) => !Object.hasOwn(flavors, group.flavor))) return [];
  const names =
    groups.length > 0 ? new Set(groups.map((group) => group.flavor)) : new Set(Object.keys(flavors));
  return Object.entries(flavors)
    .filter(([name]) => names.has(name))
    .map(([, { cpu, memory, gpus }]) => ({ cpu, memory: memoryBytes(memory), gpus }));
}

/** Kubernetes takes the limit where there is no guarantee. */
function needsOf({ cpu, memory, gpus }: Profile): Room {
  return {
    cpu: cpu.guarantee ?? cpu.limit ?? 0,
    memory: memoryBytes(memory.guarantee ?? memory.limit ?? 0),
    gpus: gpus?.count ?? 0,
  };
}

function fits(needs: Room, room: Room, share: number): boolean {
  return needs.cpu <= room.cpu * share && needs.memory <= room.memory * share && needs.gpus <= room.gpus;
}

function shortOf(needs: Room, flavors: readonly Room[]): 'GPUs' | 'memory' | 'cpu' {
  const withGpus = flavors.filter((flavor) => needs.gpus <= flavor.gpus);
  if (withGpus.length === 0) return 'GPUs';
  return withGpus.some((flavor) => needs.memory <= flavor.memory * usableShare) ? 'cpu' : 'memory';
}
