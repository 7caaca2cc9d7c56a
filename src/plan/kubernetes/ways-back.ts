import type { Environment } from '../../config/schema/environment.ts';
import type { Release, System } from '../../platform/kubernetes/system.ts';
import type { Note, Plan, Step, WayBack } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import { hindrance } from './hindrance.ts';
import type { ClusterObserved, Revision } from './observed.ts';
import { saveStep } from './plan-rollback.ts';
import { releaseKey } from './releases.ts';

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
  const ways = plan.steps.flatMap((step) => wayOf(step, before));
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
    waysBack: ways.flatMap(({ way }) => way ?? []),
  };
}

function withoutFlag(environment: string): string {
  return `deploy without --rollback-on-failure: \`hubwright deploy ${environment}\`.`;
}

interface Way {
  readonly title: string;
  readonly chart: string;
  readonly step: string;
  readonly way?: WayBack;
  /** Why there is none. */
  readonly why?: string;
  /** There is one, that must not be gone. */
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
  const good = history.find(({ status }) => status === 'deployed' || status === 'superseded');
  if (good === undefined) return [{ ...about, why: 'None of its revisions was ever deployed.' }];
  const version = before.observed.charts[release.chart]?.version ?? '';
  const appVersion = release.chart === 'jupyterhub' ? before.jupyterHub : undefined;
  const chart = { name: release.chart, version, ...(appVersion === undefined ? {} : { appVersion }) };
  const why = hindrance(release.chart, { chart, values: release.values }, good);
  if (why !== undefined) return [{ ...about, why, unsafe: true }];
  const { name, namespace } = release;
  return [
    {
      ...about,
      way: { title: about.title, name, namespace, newest: newest.number, to: good.number },
    },
  ];
}

function noteOf({ title, way, why }: Way): Note {
  return way === undefined
    ? { severity: 'warning', text: `where this fails, ${title} is left as it is then: ${why}` }
    : { severity: 'info', text: `where this fails, ${title} goes back to revision ${way.to}` };
}

/**
 * The steps after a deploy that failed: each release that it has changed goes back to the revision it had, the one that
 * was changed last first. What somebody else has changed meanwhile is left to them.
 */
export function planReturn(
  failed: Plan,
  { kubernetes }: Environment,
  observed: ClusterObserved,
): Plan<ClusterAction> {
  const changed = (failed.waysBack ?? [])
    .flatMap((way) => {
      const { newest, lockedIn } = observed.releases[releaseKey(way)] ?? {};
      const isOurs = newest !== undefined && newest.number > way.newest && lockedIn === kubernetes?.namespace;
      return isOurs ? [{ way, now: newest }] : [];
    })
    .toSorted((a, b) => (a.now.deployedAt < b.now.deployedAt ? 1 : -1));
  return {
    environment: failed.environment,
    steps: changed.map(({ way, now }, index) => ({
      id: returnId(way),
      title: `${way.title}: back to revision ${way.to}`,
      reason: `revision ${now.number} is of the deploy that failed`,
      needs: changed.slice(0, index).map(({ way: earlier }) => returnId(earlier)),
      action: {
        kind: 'rollbackRelease',
        name: way.name,
        namespace: way.namespace,
        to: way.to,
      },
    })),
    impacts: [],
    notes: [],
  };
}

function returnId(way: WayBack): string {
  return `return:${releaseKey(way)}`;
}
