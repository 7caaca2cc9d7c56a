import type { System } from '../../platform/kubernetes/system.ts';
import type { Note } from '../plan.ts';
import type { Destroy } from './destroy.ts';
import { counted, keptVolumes, partedHomes, usersOfLonghorn } from './volumes.ts';

/** Who still needs a system that the cluster shares, in words. */
export function usersOf({ id }: System, destroy: Destroy): string[] {
  const environments = destroy.observed.neighbours.map(
    ({ environment, namespace }) => `${environment} (${namespace})`,
  );
  return [...environments, ...(id === 'longhorn' ? usersOfLonghorn(destroy) : [])];
}

/** @param shared what goes of that which the cluster shares. */
export function notesOf(destroy: Destroy, shared: readonly System[]): Note[] {
  const { observed, environment } = destroy;
  const place = `context ${observed.context}, namespace ${environment.kubernetes?.namespace ?? ''}`;
  return [
    { severity: 'info', text: place },
    ...homesNotes(destroy),
    ...(shared.some(({ id }) => id === 'longhorn') ? [longhornGoes] : []),
    ...sharedNotes(destroy, shared),
  ];
}

const longhornGoes: Note = {
  severity: 'warning',
  text: 'removing Longhorn deletes every volume in the cluster, whoever it belongs to',
};

function homesNotes(destroy: Destroy): Note[] {
  const { intent } = destroy;
  const { going, staying } = partedHomes(destroy);
  const kept = keptVolumes(destroy).length;
  const notes: Note[] = [];
  if (staying.length > 0) {
    const text = `${counted(staying.length)} (homes and the hub's database) ${staying.length === 1 ? 'stays' : 'stay'}; --with-homes deletes ${staying.length === 1 ? 'it' : 'them'}`;
    notes.push({ severity: 'info', text });
  }
  if (going.length > 0) {
    const text = intent.withHomes
      ? `${counted(going.length)} with what is in ${going.length === 1 ? 'it' : 'them'}: deleted, and nothing brings that back`
      : "the hub's database goes with its release, which was not made by Hubwright: deploy once before, and it stays";
    notes.push({ severity: 'warning', text });
  }
  if (kept > 0) {
    const text = `${counted(kept)} not deleted with ${kept === 1 ? 'its claim' : 'their claims'}: the StorageClass keeps volumes (reclaimPolicy: Retain)`;
    notes.push({ severity: 'warning', text });
  }
  return notes;
}

/** Asked to go, and staying. */
function sharedNotes(destroy: Destroy, going: readonly System[]): Note[] {
  if (!destroy.intent.withClusterSystems) return [];
  return destroy.systems
    .filter((system) => system.scope === 'cluster' && !going.includes(system))
    .map((system) => ({
      severity: 'warning',
      text: `${system.title} stays: it is used by ${usersOf(system, destroy).join(', ')}`,
    }));
}
