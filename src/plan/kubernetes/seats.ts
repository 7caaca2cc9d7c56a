import type { Profile } from '../../config/schema/profiles.ts';
import type { ObservedNode } from './observed.ts';
import { quantityOf } from './quantity.ts';

/**
 * Why nobody can have a server of the profile now: it needs GPUs that no node has. undefined: somebody can, as far as
 * nodes tell; of what is in use they tell nothing.
 */
export function noSeat({ gpus, nodeSelector }: Profile, nodes: readonly ObservedNode[]): string | undefined {
  if (gpus === undefined) return undefined;
  const offers = nodes.some(
    ({ ready, labels, allocatable }) =>
      ready &&
      Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
      (quantityOf(allocatable[gpus.resource] ?? 0) ?? 0) >= gpus.count,
  );
  if (offers) return undefined;
  const wanted = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  const which = wanted.length === 0 ? '' : ` with ${wanted.join(', ')}`;
  return `no node${which} offers ${gpus.count === 1 ? '' : `${gpus.count} of `}${gpus.resource} now`;
}
