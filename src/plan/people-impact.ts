import { isTemporary } from '../ports.ts';
import { fewNames } from './names.ts';
import type { Impact } from './plan.ts';

/** Whose server it is. */
interface Someones {
  readonly user: string;
}

interface Parted<Server> {
  readonly staying: readonly Server[];
  /** Those who lose their access. */
  readonly leaving: readonly Server[];
}

/** The servers of people, told apart by who is removed. Those that a `verify` made are nobody's. */
export function parted<Server extends Someones>(
  servers: readonly Server[],
  removed: readonly string[],
): Parted<Server> {
  const people = servers.filter(({ user }) => !isTemporary(user));
  return {
    staying: people.filter(({ user }) => !removed.includes(user)),
    leaving: people.filter(({ user }) => removed.includes(user)),
  };
}

/** What it means for those who are taken out of the file. */
export function accessEnds(removed: readonly string[], leaving: readonly Someones[]): Impact[] {
  if (removed.length === 0) return [];
  const stopped = leaving.map(({ user }) => user);
  const servers = stopped.length === 0 ? '' : ` Running servers that stop: ${fewNames(stopped)}.`;
  return [
    {
      kind: 'accessEnds',
      people: removed,
      text: `${fewNames(removed)} can no longer log in; homes stay.${servers}`,
    },
  ];
}

/** That servers keep running, which is what people want to hear. */
export function keepRunning(staying: readonly Someones[]): Impact[] {
  if (staying.length === 0) return [];
  const names = staying.map(({ user }) => user);
  const verb = names.length === 1 ? 'server keeps' : 'servers keep';
  return [{ kind: 'untouched', people: names, text: `${names.length} ${verb} running: ${fewNames(names)}.` }];
}
