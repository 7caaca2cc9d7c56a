import { randomBytes } from 'node:crypto';
import { nowOf } from './age.ts';
import type { ObservedRelease, ReleaseStatus, Revision } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveMetadata, LiveObject } from './api.ts';
import { decodeRelease } from './release-data.ts';

/** What stands on the Secret of a revision. */
interface Label {
  readonly name: string;
  readonly status: ReleaseStatus;
  readonly version: number;
  readonly metadata: LiveMetadata;
}

/** Put on a revision's Secret by our own deploys (`helm upgrade --labels`). */
const marks = {
  /** Digest of the chart's archive. */
  chart: 'hubwright-chart',
  /** Another one for each upgrade: revisions that others make have the labels of an earlier one. */
  run: 'hubwright-run',
  /** Namespace of the lock that the upgrade is done under. */
  lock: 'hubwright-lock',
};

/** Labels for the revision that an upgrade makes, by which others see whose it is. */
export function revisionMarks(chartDigest: string, namespace: string): Readonly<Record<string, string>> {
  return { [marks.chart]: chartDigest, ...lockMarks(namespace) };
}

/** The same for a chart that nobody has locked. */
export function lockMarks(namespace: string): Readonly<Record<string, string>> {
  return {
    [marks.run]: randomBytes(8).toString('hex'),
    [marks.lock]: namespace,
  };
}

type ReleaseSecret = LiveObject & { readonly data?: { readonly release?: string } };

const secrets = { apiVersion: 'v1', kind: 'Secret' } as const;

/**
 * The Helm releases of those namespaces, by `NAMESPACE/NAME`, each with its newest revision.
 *
 * Two questions a namespace, side by side: the labels of all revisions, which say which is the newest and which was
 * good, and the revisions that are not superseded, among which the newest is. So the contents of old revisions, most
 * of what is there, never travel.
 */
export async function observeReleases(
  api: KubernetesApi,
  namespaces: readonly string[],
): Promise<Record<string, ObservedRelease>> {
  const found = await Promise.all([...new Set(namespaces)].map((namespace) => releasesIn(api, namespace)));
  return Object.fromEntries(found.flat());
}

/** All revisions of a release that are kept, newest first. */
export async function releaseHistory(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<Revision[]> {
  const labelSelector = `owner=helm,name=${name}`;
  const found = await api.list<ReleaseSecret>({ ...secrets, namespace, labelSelector });
  const now = nowOf(api);
  const revisions = await Promise.all(
    found.map(async ({ metadata, data }) => {
      if (data?.release === undefined) return [];
      const { revision } = await decodeRelease(data.release);
      return [besideData(revision, metadata, now)];
    }),
  );
  return revisions.flat().toSorted((a, b) => b.number - a.number);
}

/** With what stands on a revision's Secret and not in it. */
function besideData(
  revision: Omit<Revision, 'chartDigest' | 'ageSeconds'>,
  metadata: LiveMetadata,
  now: number,
): Revision {
  const chartDigest = metadata.labels?.[marks.chart];
  return Object.assign(revision, {
    ...(chartDigest === undefined ? {} : { chartDigest }),
    ageSeconds: Math.max(0, Math.round((now - writtenAt(metadata)) / 1000)),
  });
}

/** When the server has last let it be changed. The times that Helm writes into it are those of somebody's own clock. */
function writtenAt({ creationTimestamp, managedFields = [] }: Written): number {
  const times = [creationTimestamp, ...managedFields.flatMap(({ time }) => time ?? [])];
  return Math.max(...times.map((time) => Date.parse(time)));
}

type Written = LiveMetadata & { readonly managedFields?: readonly { readonly time?: string }[] };

async function releasesIn(api: KubernetesApi, namespace: string): Promise<[string, ObservedRelease][]> {
  const [metadata, current] = await Promise.all([
    api.listMetadata({ ...secrets, namespace, labelSelector: 'owner=helm' }),
    api.list<ReleaseSecret>({ ...secrets, namespace, labelSelector: 'owner=helm,status!=superseded' }),
  ]);
  const contents = new Map(current.map(({ metadata: { name }, data }) => [name, data?.release]));
  const observed = [...revisionsByName(metadata)].map(
    async ([name, revisions]): Promise<[string, ObservedRelease] | undefined> => {
      const now = nowOf(api);
      const release = await observe(revisions, now, async (secret) => {
        // Superseded although it is the newest: somebody deleted a revision by hand.
        const ref = { ...secrets, namespace, name: secret };
        return contents.get(secret) ?? (await api.get<ReleaseSecret>(ref))?.data?.release;
      });
      return release && [`${namespace}/${name}`, release];
    },
  );
  return (await Promise.all(observed)).filter((entry) => entry !== undefined);
}

async function observe(
  revisions: readonly Label[],
  now: number,
  read: (secret: string) => Promise<string | undefined>,
): Promise<ObservedRelease | undefined> {
  const [newest] = revisions;
  if (!newest) return undefined;
  const data = await read(newest.metadata.name);
  // Deleted between the two questions.
  if (data === undefined) return undefined;
  const { revision, applyMethod, helmMajor } = await decodeRelease(data);
  const lockedIn = lockOfNewest(revisions);
  return {
    newest: besideData(revision, newest.metadata, now),
    lastGood: lastGoodOf(revisions),
    ...(lockedIn === undefined ? {} : { lockedIn }),
    applyMethod,
    helmMajor,
  };
}

/** By release, newest revision first. */
function revisionsByName(metadata: readonly LiveObject[]): Map<string, Label[]> {
  const byName = new Map<string, Label[]>();
  for (const { metadata: about } of metadata) {
    const { name, status, version } = about.labels ?? {};
    // Helm's own selector: what lacks these is none of its releases.
    if (name === undefined || status === undefined || version === undefined) continue;
    const label = { name, status: status as ReleaseStatus, version: Number(version), metadata: about };
    byName.set(name, [...(byName.get(name) ?? []), label]);
  }
  for (const [name, labels] of byName)
    byName.set(
      name,
      labels.toSorted((a, b) => b.version - a.version),
    );
  return byName;
}

/** The newest revision that was deployed at some time: it is so now, or a later one took its place. */
export function lastGoodOf(
  revisions: readonly { readonly status: ReleaseStatus; readonly version: number }[],
): number | undefined {
  const good = revisions.filter(({ status }) => status === 'deployed' || status === 'superseded');
  return good.length === 0 ? undefined : Math.max(...good.map(({ version }) => version));
}

/**
 * Namespace whose lock an upgrade of ours made the newest revision under; undefined: something else made it. Helm gives
 * a new revision the labels of an older one, so that only a mark that no other has was set for it.
 */
export function lockOfNewest([newest, ...older]: readonly Pick<Label, 'metadata'>[]): string | undefined {
  const labels = newest?.metadata.labels ?? {};
  const run = labels[marks.run];
  if (run === undefined || older.some(({ metadata }) => metadata.labels?.[marks.run] === run))
    return undefined;
  return labels[marks.lock];
}
