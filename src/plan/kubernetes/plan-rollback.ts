import { UserError } from '../../errors.ts';
import type { Environment } from '../../config/schema/environment.ts';
import type { Release, System } from '../../platform/kubernetes/system.ts';
import type { Note, Plan, RevisionChoice, Step } from '../plan.ts';
import { valuesDiff } from '../values-diff.ts';
import type { ClusterAction } from './actions.ts';
import { askedByRollback, tooManyRequests } from './certificates/by-upgrade.ts';
import type { AcmeWanted } from './certificates/observed.ts';
import { hindrance } from './hindrance.ts';
import { impactsOf } from './impact.ts';
import { changeHeld, savingNotes } from './longhorn/under-way.ts';
import { changesBack, indexed, refOf } from './objects-diff.ts';
import type { ClusterObserved, Revision } from './observed.ts';
import { type SavedDatabase, restoreImpacts, restoreNotes, restoreSteps } from './plan-restore.ts';
import { somebodyElse } from './repair.ts';
import { restarts } from './restarts.ts';
import { choicesOf, linesOf, wasDeployed } from './revision-choices.ts';

export interface RollbackIntent {
  readonly kind: 'rollback';
  /** undefined: the last revision that was deployed before the current one. */
  readonly to: number | undefined;
  /** Over an upgrade of the hub's database too. */
  readonly forceDatabase: boolean;
  /** Save the hub's database first, where it may be of no use afterwards. */
  readonly save: boolean;
  /** Also while somebody else may be at work on the release. */
  readonly repair: boolean;
  /** Folder with the database that the hub had then: it is put back. */
  readonly restoreFrom?: string;
}

interface Rollback {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
  /** Of the hub's release, newest first. */
  readonly history: readonly Revision[];
  readonly intent: RollbackIntent;
  /** What is in the folder that `intent` names. */
  readonly saved?: SavedDatabase | undefined;
}

/**
 * Back to an earlier revision of the hub's release. What the cluster shares, and what is of our own beside the release,
 * stays as it is.
 *
 * @throws UserError where there is none, or where it is not safe.
 */
export function planRollback(rollback: Rollback): Plan<ClusterAction> {
  const { environment, observed, history, intent, saved } = rollback;
  const release = hubRelease(rollback);
  const [current] = history;
  if (current === undefined) throw notInstalled(environment, release);
  const to = chosen(rollback, current);
  const choices = choicesOf(history, current, to);
  // With the database of that time nothing hinders.
  const why = saved === undefined ? hindrance('jupyterhub', current, to) : undefined;
  if (why !== undefined && !intent.forceDatabase) throw unsafe(rollback, to, why, choices);
  const live = indexed(observed.live);
  const planned = steps(rollback, { release, current, to, why });
  // Earlier requests are known for the file's name alone.
  const asked = planned
    .flatMap(({ action }) => (action.kind === 'rollbackRelease' ? (action.asksFor ?? []) : []))
    .find(({ domain }) => domain === environment.address.domain);
  const refusal =
    changeHeld(rollback) ??
    tooManyRequests(asked, observed, { environment: environment.name, verb: 'rollback' }) ??
    (intent.repair ? undefined : somebodyElse(rollback, `hubwright rollback ${environment.name}`));
  const replaced = restarts({ before: current.objects, after: to.objects, live });
  const restarted = saved === undefined || replaced.includes('hub') ? replaced : ['hub', ...replaced];
  return {
    environment: environment.name,
    steps: planned,
    impacts: [
      ...(saved === undefined ? [] : restoreImpacts(saved, observed)),
      ...impactsOf({
        servers: observed.servers,
        removed: [],
        restarts: restarted,
        values: { before: current.values, after: to.values },
      }),
    ],
    notes: [...notesOf(rollback, to, why), ...savingNotes(rollback)],
    changes: [
      {
        title: titleOf(rollback),
        values: valuesDiff(current.values, to.values),
        objects: changesBack(current, to, live),
      },
    ],
    revisions: choices,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** The release that an environment is rolled back by. */
export function hubRelease({ systems }: Pick<Rollback, 'systems'>): Release {
  const release = systems.find(({ id }) => id === 'jupyterhub')?.release;
  if (release === undefined) throw new TypeError('every environment of a cluster has a hub');
  return release;
}

function titleOf({ systems }: Rollback): string {
  return systems.find(({ id }) => id === 'jupyterhub')?.title ?? '';
}

function chosen(rollback: Rollback, current: Revision): Revision {
  const { history, intent, environment, observed, saved } = rollback;
  const good = history.filter((revision) => revision !== current && wasDeployed(revision));
  // Its database can be put back also where the hub of that time is there already, after a new installation say.
  const isMeant = intent.to === current.number || (intent.to === undefined && good.length === 0);
  if (saved !== undefined && isMeant && wasDeployed(current)) return current;
  const wanted = intent.to ?? underWay(current, observed);
  const revision = wanted === undefined ? good[0] : good.find(({ number }) => number === wanted);
  if (revision) return revision;
  const numbers = good.map(({ number }) => number).join(', ');
  if (numbers === '') {
    throw new UserError({
      what: `There is no revision of ${environment.name} to go back to: no other was ever deployed.`,
      where: `release ${hubRelease(rollback).name}`,
      fix: `Correct hub.yaml, then \`hubwright deploy ${environment.name}\`.`,
    });
  }
  const there = history.find(({ number }) => number === wanted);
  // Superseded, and not among the good ones: it had failed.
  const status = there?.status === 'superseded' ? 'failed' : (there?.status ?? 'none');
  const why = there === current ? 'is what is there now' : `was never deployed (${status})`;
  throw new UserError({
    what: there ? `Revision ${wanted} ${why}.` : `There is no revision ${wanted}.`,
    where: `release ${hubRelease(rollback).name}`,
    fix: `Name one of: ${numbers}.`,
    details: linesOf(choicesOf(history, current, undefined)),
    exitCode: 2,
  });
}

/** Where a rollback that was killed was going: Helm writes it into the revision that it begins. */
function underWay({ status, description = '' }: Revision, observed: ClusterObserved): number | undefined {
  const isOurs = observed.interrupted?.command.startsWith('hubwright rollback ') === true;
  if (status !== 'pending-rollback' && !isOurs) return undefined;
  const to = /^Rollback to (\d+)$/.exec(description)?.[1];
  return to === undefined ? undefined : Number(to);
}

interface Way {
  readonly release: Release;
  readonly current: Revision;
  readonly to: Revision;
  readonly why: string | undefined;
}

function steps(rollback: Rollback, { release, current, to, why }: Way): Step<ClusterAction>[] {
  const { intent, environment, observed, saved } = rollback;
  if (saved === undefined && current.status === 'deployed' && underWay(current, observed) === to.number) {
    return [readyStep(titleOf(rollback), current, observed)];
  }
  const again = `hubwright rollback ${environment.name} --to ${to.number} --force-database --no-save`;
  const orElse = `go on without, the database stays on its volume: \`${again}\`.`;
  const save = why === undefined || !intent.save ? [] : [saveStep(why, { orElse, needed: true })];
  const back: Step<ClusterAction> = {
    id: 'jupyterhub:rollback',
    title: `${titleOf(rollback)}: back to revision ${to.number}`,
    reason: `it is at revision ${current.number}, ${current.status}`,
    needs: save.map(({ id }) => id),
    action: rollbackAction(release, to.number, askedByRollback(observed, current, to)),
  };
  if (saved === undefined) return [...save, back];
  const without = 'run the command with --no-save: the database stays on its volume.';
  return restoreSteps(
    saved,
    intent.save ? [saveStep('another one takes its place', { orElse: without, needed: false })] : [],
    to === current ? [] : [back],
  );
}

export function rollbackAction(
  { name, namespace }: Pick<Release, 'name' | 'namespace'>,
  to: number,
  asksFor: AcmeWanted | undefined,
): ClusterAction {
  return { kind: 'rollbackRelease', name, namespace, to, ...(asksFor === undefined ? {} : { asksFor }) };
}

/** Helm has come to its end there: going once more would make another revision of the same. */
function readyStep(title: string, current: Revision, { interrupted }: ClusterObserved): Step<ClusterAction> {
  return {
    id: 'jupyterhub:ready',
    title: `${title}: see whether it is ready`,
    reason: `\`${interrupted?.command}\` did not come to its end`,
    needs: [],
    action: { kind: 'waitReady', objects: current.objects.map(refOf) },
  };
}

/** The step that keeps the hub's database as it is now. */
export function saveStep(
  reason: string,
  need: { /** What to do where that fails. */ readonly orElse: string; readonly needed: boolean },
): Step<ClusterAction> {
  return {
    id: 'save',
    title: "Save the hub's database and the certificate",
    reason,
    needs: [],
    action: { kind: 'saveHub', ...need },
  };
}

function notesOf(
  { environment, observed, systems, saved }: Rollback,
  to: Revision,
  why: string | undefined,
): Note[] {
  const notes: Note[] = [
    {
      severity: 'info',
      text: `context ${observed.context}, namespace ${environment.kubernetes?.namespace ?? ''}`,
    },
    {
      severity: 'info',
      text: `the file stays as it is: the next \`hubwright deploy ${environment.name}\` does what it says, so correct it too`,
    },
  ];
  if (why !== undefined) {
    notes.push({
      severity: 'warning',
      text: `${why} The hub may not start until a database of that time is put back (\`--restore-database\`); roll forward again with \`hubwright deploy ${environment.name}\`.`,
    });
  }
  if (saved !== undefined) notes.push(...restoreNotes(saved));
  if (to.chartDigest === undefined) {
    notes.push({
      severity: 'warning',
      text: `revision ${to.number} was not made by Hubwright: its hub does not know our accounts and passwords, and a listed name may belong to whoever signs up first`,
    });
  }
  const shared = systems.filter(({ scope, release }) => scope === 'cluster' && release !== undefined);
  if (shared.length > 0) {
    const titles = shared.map(({ title }) => title).join(' and ');
    notes.push({ severity: 'info', text: `${titles} and volumes stay as they are` });
  }
  const { interrupted } = observed;
  if (interrupted) {
    notes.push({
      severity: 'warning',
      text: `\`${interrupted.command}\` on ${interrupted.host} has not come to its end (${interrupted.step})`,
    });
  }
  return notes;
}

function notInstalled({ name }: Environment, release: Release): UserError {
  return new UserError({
    what: `${name} is not installed: there is nothing to go back to.`,
    where: `release ${release.name}, namespace ${release.namespace}`,
    fix: `\`hubwright deploy ${name}\` installs it.`,
  });
}

function unsafe(
  rollback: Rollback,
  to: Revision,
  why: string,
  choices: readonly RevisionChoice[],
): UserError {
  const { name } = rollback.environment;
  const safe = choices.filter(({ is, hindrance: its }) => is !== 'current' && its === undefined);
  const other = safe.length === 0 ? '' : ` Safe are: ${safe.map(({ number }) => number).join(', ')}.`;
  return new UserError({
    what: `It is not safe to go back to revision ${to.number}. ${why}`,
    where: `release ${hubRelease(rollback).name}`,
    fix: `Correct hub.yaml and deploy again, or \`hubwright rollback ${name} --to ${to.number} --force-database\` saves the database and goes back all the same; with a database that was saved then, \`--restore-database FOLDER\` puts it back too.${other}`,
    details: linesOf(choices),
  });
}
