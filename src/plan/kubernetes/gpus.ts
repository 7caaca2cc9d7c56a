import type { Environment } from '../../config/schema/environment.ts';
import type { Profile } from '../../config/schema/profiles.ts';
import { fewNames, groupBy } from '../names.ts';
import type { Note } from '../plan.ts';
import type { ObservedNode } from './observed.ts';
import { quantityOf } from './quantity.ts';
import { noSeat } from './seats.ts';

interface Short {
  readonly slug: string;
  readonly profile: Profile;
  /** `no node offers nvidia.com/gpu now` */
  readonly why: string;
}

/** Profiles whose GPUs no node of the cluster offers now. Without nodes it is not known which there are. */
export function gpuNotes({ profiles }: Environment, nodes: readonly ObservedNode[]): Note[] {
  if (nodes.length === 0) return [];
  const short = Object.entries(profiles).flatMap(([slug, profile]): Short[] => {
    const why = noSeat(profile, nodes);
    return why === undefined ? [] : [{ slug, profile, why }];
  });
  return [...groupBy(short, ({ why }) => why)].map(([why, those]) => noteOf(why, those, nodes));
}

function noteOf(why: string, those: readonly Short[], nodes: readonly ObservedNode[]): Note {
  const servers = `servers of ${fewNames(those.map(({ slug }) => slug))} wait until`;
  const silent = nodes.filter((node) => those.some(({ profile }) => isSilent(node, profile)));
  if (silent.length === 0) {
    const text = `${why}: ${servers} one that does has come, from the autoscaler or by hand`;
    return { severity: 'info', text };
  }
  const names = fewNames(silent.map(({ name }) => name));
  const text = `${why}, though ${names} ${silent.length === 1 ? 'is' : 'are'} marked as having GPUs: the device plugin or the driver is missing there, or is not ready, and ${servers} it is`;
  return { severity: 'warning', text };
}

/**
 * A node that offers none, and is marked as having some: by its taint, by what feature discovery found
 * (`nvidia.com/gpu.present`, or a PCI device of NVIDIA's), or because it is the one that the profile asks for.
 */
function isSilent({ labels, taints, allocatable }: ObservedNode, { gpus, nodeSelector }: Profile): boolean {
  if (gpus === undefined || quantityOf(allocatable[gpus.resource] ?? 0) !== 0) return false;
  const { resource, toleration } = gpus;
  if (taints.some(({ key }) => key === resource || key === toleration?.key)) return true;
  const found = [`${resource}.present`, 'feature.node.kubernetes.io/pci-10de.present'];
  if (found.some((label) => labels[label] === 'true')) return true;
  const wanted = Object.entries(nodeSelector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
