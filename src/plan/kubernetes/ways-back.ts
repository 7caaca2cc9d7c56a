import type { Environment } from '../../config/schema/environment.ts';
import { shellWord } from '../../config/shell-word.ts';
import type { Release, System } from '../../platform/kubernetes/system.ts';
import type { Note, Plan, Step, WayBack } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import { askedByRollback } from './certificates/by-upgrade.ts';
import type { AcmeWanted } from './certificates/observed.ts';
import { hindrance } from './hindrance.ts';
import type { ClusterObserved, Revision } from './observed.ts';
import { rollbackAction, saveStep } from './plan-rollback.ts';
import { releaseKey } from './releases.ts';
import { wasDeployed } from './revision-choices.ts';

interface Before {
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
  /** Of each release that the plan changes, by `releaseKey`. */
  readonly histories: Readonly<Record<string, readonly Revision[]>>;
  /** Version of JupyterHub in the chart that the plan deploys. */
  readonly jupyterHub: string | undefined;
}

/** The releases that a plan changes. */
export function changedReleases({ steps }: Plan<ClusterAction>): Release[] {
  return steps.flatMap(({ action }) => (action.kind === 'upgradeRelease' ? [action.release] : []));
}

/**
 * The plan of a deploy that goes back where it fails: to which revisions, what cannot go back and why, and the hub's
 * database saved where its schema moves on.
 */
export function withWaysBack(plan: Plan<ClusterAction>, before: Before): Plan<ClusterAction> {
  const ways = plan.steps.filter(isFirstOfRelease).flatMap((step) => wayOf(step, before));
  const database = ways.find(({ chart, unsafe }) => chart === 'jupyterhub' && unsafe === true);
  const save =
    database?.why === undefined
      ? []
      : [{ ...saveStep(database.why, withoutFlag(plan.environment)), incidental: true as const }];
  return {
    ...plan,
    steps: [
      ...save,
      ...plan.steps.map((step) =>
        step.id === database?.step ? { ...step, needs: [...step.needs, ...save.map(({ id }) => id)] } : step,
      ),
    ],
    notes: [...plan.notes, ...ways.map(noteOf)],
    waysBack: ways.flatMap(({ way, unsafe }) => (unsafe === true ? [] : (way ?? []))),
    ...(database?.way === undefined ? {} : { wayWithDatabase: database.way }),
  };
}

/** One that is deployed in two steps goes back over both. */
function isFirstOfRelease(
  step: Step<ClusterAction>,
  index: number,
  steps: readonly Step<ClusterAction>[],
): boolean {
  const key = upgradedRelease(step);
  return key !== undefined && steps.findIndex((one) => upgradedRelease(one) === key) === index;
}

function upgradedRelease({ action }: Step<ClusterAction>): string | undefined {
  return action.kind === 'upgradeRelease' ? releaseKey(action.release) : undefined;
}

function withoutFlag(environment: string) {
  return {
    orElse: `deploy without --rollback-on-failure: \`hubwright deploy ${environment}\`.`,
    needed: true,
  };
}

interface Way {
  readonly title: string;
  readonly chart: string;
  readonly step: string;
  readonly way?: WayBack;
  /** Why there is none. */
  readonly why?: string;
  /** There is one that must not be gone, for the hub not without its database of then. */
  readonly unsafe?: true;
}

function wayOf(step: Step<ClusterAction>, before: Before): Way[] {
  const { action } = step;
  if (action.kind !== 'upgradeRelease') return [];
  const { release } = action;
  const system = before.systems.find(({ release: its }) => its && releaseKey(its) === releaseKey(release));
  const about = { title: system?.title ?? release.name, chart: release.chart, step: step.id };
  const history = before.histories[releaseKey(release)] ?? [];
  const [newest] = history;
  if (newest === undefined) return [{ ...about, why: 'It is installed for the first time.' }];
  const good = history.find(wasDeployed);
  if (good === undefined) return [{ ...about, why: 'None of its revisions was ever deployed.' }];
  const version = before.observed.charts[release.chart]?.version ?? '';
  const appVersion = release.chart === 'jupyterhub' ? before.jupyterHub : undefined;
  const chart = { name: release.chart, version, ...(appVersion === undefined ? {} : { appVersion }) };
  const why = hindrance(release.chart, { chart, values: release.values }, good);
  const { name, namespace } = release;
  const way = { title: about.title, name, namespace, newest: newest.number, to: good.number };
  return [why === undefined ? { ...about, way } : { ...about, way, why, unsafe: true }];
}

function noteOf({ title, way, why }: Way): Note {
  return way === undefined || why !== undefined
    ? { severity: 'warning', text: `where this fails, ${title} is left as it is then: ${why}` }
    : { severity: 'info', text: `where this fails, ${title} goes back to revision ${way.to}` };
}

interface Failed {
  readonly plan: Plan;
  readonly environment: Environment;
  readonly observed: ClusterObserved;
  /** Of the hub's release, by `releaseKey`. */
  readonly histories: Before['histories'];
  /** Folder in which the deploy has saved the hub's database. */
  readonly saved: string | undefined;
}

/**
 * The steps after a deploy that failed: each release that it has changed goes back to the revision it had, the one that
 * was changed last first. What somebody else has changed meanwhile is left to them. What can go back only with its
 * database is offered.
 */
export function planReturn(failed: Failed): Plan<ClusterAction> {
  const changed = (failed.plan.waysBack ?? [])
    .flatMap((way) => changedBy(way, failed))
    .toSorted((a, b) => (a.now.deployedAt < b.now.deployedAt ? 1 : -1));
  const offer = restoreOffer(failed);
  return {
    environment: failed.environment.name,
    steps: changed.map(({ way, now }, index) => ({
      id: returnId(way),
      title: `${way.title}: back to revision ${way.to}`,
      reason: `revision ${now.number} is of the deploy that failed`,
      needs: changed.slice(0, index).map(({ way: earlier }) => returnId(earlier)),
      action: rollbackAction(way, way.to, askedBy(way, now, failed)),
    })),
    impacts: [],
    notes: [],
    ...(offer === undefined ? {} : { offer }),
  };
}

/** Not refused where no request is allowed: what the deploy has left is worse. */
function askedBy(way: WayBack, now: Revision, { histories, observed }: Failed): AcmeWanted | undefined {
  const to = histories[releaseKey(way)]?.find(({ number }) => number === way.to);
  return to && askedByRollback(observed, now, to);
}

/** The release, where it is at a revision that the deploy has made. */
function changedBy(way: WayBack, { environment, observed }: Failed) {
  const { newest, lockedIn } = observed.releases[releaseKey(way)] ?? {};
  const isOurs =
    newest !== undefined && newest.number > way.newest && lockedIn === environment.kubernetes?.namespace;
  return isOurs ? [{ way, now: newest }] : [];
}

function restoreOffer(failed: Failed): string | undefined {
  const { plan, environment, saved } = failed;
  const way = plan.wayWithDatabase;
  if (way === undefined || saved === undefined || changedBy(way, failed).length === 0) return undefined;
  const words = [
    'hubwright',
    'rollback',
    environment.name,
    '--to',
    String(way.to),
    '--restore-database',
    saved,
  ];
  return `To take the hub back with its database as it was before: \`${words.map(shellWord).join(' ')}\`.`;
}

function returnId(way: WayBack): string {
  return `return:${releaseKey(way)}`;
}
