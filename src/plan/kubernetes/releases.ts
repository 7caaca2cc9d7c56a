import { canonicalJson } from '../../platform/fingerprint.ts';
import type { KubernetesObject, Release, System } from '../../platform/kubernetes/system.ts';
import type { SystemChange } from '../plan.ts';
import { type ObjectIndex, drift, upgradeChanges } from './objects-diff.ts';
import type { ClusterObserved, ObservedRelease } from './observed.ts';
import { restarts } from './restarts.ts';
import { valuesDiff } from '../values-diff.ts';

/** `jupyterhub/jupyterhub`: how a release is told from others. */
export function releaseKey({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

/** Objects that charts give, by `releaseKey`. */
export type Rendered = Readonly<Record<string, readonly KubernetesObject[]>>;

/** What is known first of a cluster. */
export type ReleasesSeen = Pick<ClusterObserved, 'releases' | 'charts' | 'certificate' | 'keptCertificates'>;

/** The releases whose chart or values are not as they were deployed: what they give has to be rendered to plan on. */
export function releasesToRender(systems: readonly System[], observed: ReleasesSeen): Release[] {
  return systems.flatMap(({ release }) => {
    if (release === undefined) return [];
    const now = observed.releases[releaseKey(release)];
    return now === undefined || valuesOrChart(release, now, observed).length > 0 ? [release] : [];
  });
}

/** What has to be done to a release, and what comes of it. */
export interface ReleaseChange {
  readonly release: Release;
  /** Why, in plain words. */
  readonly reason: string;
  readonly change: Omit<SystemChange, 'title'>;
  /** Workloads whose pods are replaced. */
  readonly restarts: readonly string[];
}

/** undefined: the release is as it should be. */
export function releaseChange(
  release: Release,
  observed: ClusterObserved,
  rendered: Rendered,
  live: ObjectIndex,
): ReleaseChange | undefined {
  const now = observed.releases[releaseKey(release)];
  const after = rendered[releaseKey(release)] ?? now?.newest.objects ?? [];
  if (now === undefined) {
    const objects = upgradeChanges([], after);
    return {
      release,
      reason: 'not installed yet',
      change: { values: [], objects },
      restarts: [],
    };
  }
  const { newest } = now;
  // What a revision that failed did not get to is not somebody's doing.
  const isDone = newest.status === 'deployed';
  const different = drift(newest.objects, live).map((one) =>
    isDone ? one : { ...one, kind: 'changed' as const },
  );
  const byHand = isDone ? different : [];
  const reasons = [...valuesOrChart(release, now, observed), ...statusReason(now), ...handReason(byHand)];
  if (reasons.length === 0) return undefined;
  const named = new Set<string>();
  const objects = [...upgradeChanges(newest.objects, after), ...different].filter(({ object }) => {
    // What the upgrade changes anyway is said once.
    if (named.has(object)) return false;
    named.add(object);
    return true;
  });
  return {
    release,
    reason: reasons.join(', '),
    change: { values: valuesDiff(newest.values, release.values), objects },
    restarts: restarts({ before: newest.objects, after, live }),
  };
}

function valuesOrChart(release: Release, { newest }: ObservedRelease, observed: ReleasesSeen): string[] {
  const reasons: string[] = [];
  const chart = observed.charts[release.chart];
  if (chart !== undefined && chart.version !== newest.chart.version) {
    reasons.push(`chart ${newest.chart.version} → ${chart.version}`);
  } else if (chart !== undefined && newest.chartDigest !== undefined && newest.chartDigest !== chart.digest) {
    reasons.push(`another chart of the same version ${chart.version}`);
  }
  if (canonicalJson(newest.values) !== canonicalJson(release.values)) {
    const count = valuesDiff(newest.values, release.values).length;
    reasons.push(`${count} value${count === 1 ? ' changes' : 's change'}`);
  }
  return reasons;
}

function statusReason({ newest }: ObservedRelease): string[] {
  return newest.status === 'deployed' ? [] : [`its last revision, ${newest.number}, is ${newest.status}`];
}

function handReason(byHand: readonly { readonly object: string }[]): string[] {
  if (byHand.length === 0) return [];
  const names = byHand.map(({ object }) => object);
  return [`changed by hand: ${names.length > 3 ? `${names.length} objects` : names.join(', ')}`];
}

/** A release that a Helm which is no longer there has left in the middle of something. */
export function isStuck({ newest }: ObservedRelease): boolean {
  return newest.status.startsWith('pending-') || newest.status === 'uninstalling';
}
