import { fewNames } from '../names.ts';
import type { Impact, Note, Step } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import type { ClusterObserved } from './observed.ts';

/** A hub's database in a folder of this machine. */
export interface SavedDatabase {
  /** Absolute. */
  readonly file: string;
  /** ISO 8601. */
  readonly savedAt: string;
}

/**
 * The steps that put a saved database in place of the hub's own, around those that bring back the hub of that time: it
 * must be down from the one to the other, or the hub that is there now upgrades what is put back.
 */
export function restoreSteps(
  { file, savedAt }: SavedDatabase,
  before: readonly Step<ClusterAction>[],
  back: readonly Step<ClusterAction>[],
): Step<ClusterAction>[] {
  const restore: Step<ClusterAction> = {
    id: 'jupyterhub:restore',
    title: 'Stop the hub and put back its database',
    reason: `as it was saved at ${timeOf(savedAt)}`,
    needs: before.map(({ id }) => id),
    action: { kind: 'restoreDatabase', file },
  };
  return [
    ...before,
    restore,
    ...back.map((step) => ({ ...step, needs: [...step.needs, restore.id] })),
    {
      id: 'jupyterhub:start',
      title: 'Start the hub',
      reason: 'it was stopped for its database',
      needs: [restore.id, ...back.map(({ id }) => id)],
      action: { kind: 'startHub' },
    },
  ];
}

/** What it means for people beside what a restart of the hub does. */
export function restoreImpacts(
  { savedAt }: SavedDatabase,
  { servers }: Pick<ClusterObserved, 'servers'>,
): Impact[] {
  const unknown = servers.filter(({ started }) => started === undefined || started > savedAt);
  if (unknown.length === 0) return [];
  const names = unknown.map(({ user }) => user);
  return [
    {
      kind: 'websocketsCut',
      people: names,
      text: `The hub of then does not know the ${names.length === 1 ? 'server' : 'servers'} of ${fewNames(names)}, started since: they lose their connection, and start again.`,
    },
  ];
}

export function restoreNotes({ file, savedAt }: SavedDatabase): Note[] {
  return [
    {
      severity: 'warning',
      text: `the hub's database becomes that of ${timeOf(savedAt)} (${file}): what changed since then is lost, passwords that people have chosen too; the one that is there is kept beside it on its volume`,
    },
  ];
}

/** `2026-11-23 09:04 UTC` */
function timeOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
