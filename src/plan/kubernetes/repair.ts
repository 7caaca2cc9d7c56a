import type { Environment } from '../../config/schema/environment.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import { hookSeconds } from '../../ports.ts';
import { minutes } from '../minutes.ts';
import type { Note, Refusal, Step } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import type { ClusterObserved, ObservedRelease } from './observed.ts';
import { isStuck, releaseKey } from './releases.ts';

interface Looked {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

/** A release that some Helm has begun to change, and has not come to its end with. */
interface Stuck {
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  readonly now: ObservedRelease;
  readonly whose: Whose;
}

/**
 * - `ours`: this environment's Hubwright has begun it. Whoever holds the lock knows that it is dead, and its Helm, which
 *   ends with it, too.
 * - `old`: somebody else has, longer ago than any hook may take.
 * - `theirs`: somebody else has, and may still be at it.
 */
type Whose = 'ours' | 'old' | 'theirs';

/** The steps that bring releases out of `pending-*` and `uninstalling`. */
export function repairSteps(looked: Looked): Step<ClusterAction>[] {
  return stuckReleases(looked).map(({ title, name, namespace, now: { newest, lastGood } }) => ({
    id: `repair:${namespace}/${name}`,
    title:
      lastGood === undefined
        ? `${title}: mark revision ${newest.number} as failed`
        : `${title}: back to revision ${lastGood}`,
    reason: `revision ${newest.number} was left ${newest.status} ${minutes(newest.ageSeconds)} ago`,
    needs: [],
    action: { kind: 'repairRelease', name, namespace, to: lastGood },
    mends: true,
  }));
}

/** Who has left them so. */
export function repairNotes(looked: Looked): Note[] {
  return stuckReleases(looked).map(({ name, now: { newest }, whose }) => {
    const revision = `revision ${newest.number} of release ${name}`;
    switch (whose) {
      case 'ours':
        return { severity: 'info', text: `${revision} is of a run of Hubwright that was cut off` };
      case 'old':
        return {
          severity: 'warning',
          text: `${revision} is of somebody else's Helm, which was cut off: it is ${newest.status} for longer than any hook may take`,
        };
      case 'theirs':
        return {
          severity: 'warning',
          text: `${revision} is of somebody else's Helm, which may still be at work: a deploy is refused until it is ${minutes(hookSeconds)} old, unless \`--repair\` is given`,
        };
      default:
        return whose satisfies never;
    }
  });
}

/**
 * Why nothing must be changed now: somebody else may be at work on a release. undefined: nobody is.
 *
 * @param command What would be done: `hubwright deploy training`.
 */
export function somebodyElse(looked: Looked, command: string): Refusal | undefined {
  const first = stuckReleases(looked).find(({ whose }) => whose === 'theirs');
  if (first === undefined) return undefined;
  const { name, namespace, now } = first;
  const { number, status, ageSeconds } = now.newest;
  const lock = now.lockedIn === undefined ? '' : `, under the lock of namespace ${now.lockedIn}`;
  return {
    what: `Somebody else's Helm may be at work on release ${name}: its revision ${number} has been ${status} for ${minutes(ageSeconds)}. Nothing was changed.`,
    where: `namespace ${namespace}, context ${looked.observed.context}${lock}`,
    fix: `Find out who it is, and wait until they are done. In ${minutes(hookSeconds - ageSeconds)} it counts as dead, and is repaired. If you are sure that no Helm is at work any more, \`${command} --repair\` repairs it now.`,
  };
}

function stuckReleases({ environment, systems, observed }: Looked): Stuck[] {
  return systems.flatMap((system): Stuck[] => {
    const { release, title } = system;
    const now = release && observed.releases[releaseKey(release)];
    if (release === undefined || now === undefined || !isStuck(now)) return [];
    const { name, namespace } = release;
    const ours = isOurs(now, environment, begunSteps(system, observed));
    const others = now.newest.ageSeconds > hookSeconds ? 'old' : 'theirs';
    return [{ title, name, namespace, now, whose: ours ? 'ours' : others }];
  });
}

/** The steps of a run that did not come to its end which may have left the release so, by its state. */
function begunSteps({ id, release }: System, { interrupted }: ClusterObserved): Record<string, boolean> {
  const key = release === undefined ? '' : releaseKey(release);
  const begun = (...steps: readonly string[]): boolean =>
    steps.some((step) => interrupted?.open.includes(step) === true);
  return {
    'pending-rollback': begun(`repair:${key}`, `return:${key}`, `${id}:rollback`),
    uninstalling: begun(`${id}:uninstall`),
  };
}

/** Helm marks an upgrade as it is told to, but no rollback and no removal: of those the journal knows. */
function isOurs(
  { newest: { status }, lockedIn }: ObservedRelease,
  { kubernetes }: Environment,
  begun: Readonly<Record<string, boolean>>,
): boolean {
  if (status === 'pending-install' || status === 'pending-upgrade')
    return lockedIn !== undefined && lockedIn === kubernetes?.namespace;
  return begun[status] === true;
}
