import type { ObservedRelease, ReleaseStatus, Revision } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveObject } from './api.ts';
import { decodeRelease } from './release-data.ts';

interface Label {
  readonly name: string;
  readonly status: ReleaseStatus;
  readonly version: number;
  readonly secret: string;
  readonly chartDigest: string | undefined;
}

/** Put on a revision's Secret by our own deploys (`helm upgrade --labels`): the digest of the chart's archive. */
const chartLabel = 'hubwright-chart';

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
  const now = Date.now() + api.clockAhead();
  const revisions = await Promise.all(
    found.map(async ({ metadata: { labels }, data }) => {
      if (data?.release === undefined) return [];
      const { revision } = await decodeRelease(data.release);
      return [besideData(revision, labels?.[chartLabel], now)];
    }),
  );
  return revisions.flat().toSorted((a, b) => b.number - a.number);
}

/** What stands on a revision's Secret and not in it. */
function besideData(
  revision: Omit<Revision, 'chartDigest' | 'ageSeconds'>,
  chartDigest: string | undefined,
  now: number,
): Revision {
  return Object.assign(revision, {
    ...(chartDigest === undefined ? {} : { chartDigest }),
    ageSeconds: Math.max(0, Math.round((now - Date.parse(revision.deployedAt)) / 1000)) || 0,
  });
}

async function releasesIn(api: KubernetesApi, namespace: string): Promise<[string, ObservedRelease][]> {
  const [metadata, current] = await Promise.all([
    api.listMetadata({ ...secrets, namespace, labelSelector: 'owner=helm' }),
    api.list<ReleaseSecret>({ ...secrets, namespace, labelSelector: 'owner=helm,status!=superseded' }),
  ]);
  const contents = new Map(current.map(({ metadata: { name }, data }) => [name, data?.release]));
  const observed = [...revisionsByName(metadata)].map(
    async ([name, revisions]): Promise<[string, ObservedRelease] | undefined> => {
      const now = Date.now() + api.clockAhead();
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
  const { chartDigest, secret } = newest;
  const data = await read(secret);
  // Deleted between the two questions.
  if (data === undefined) return undefined;
  const { revision, applyMethod, helmMajor } = await decodeRelease(data);
  return {
    newest: besideData(revision, chartDigest, now),
    lastGood: lastGoodOf(revisions),
    applyMethod,
    helmMajor,
  };
}

/** By release, newest revision first. */
function revisionsByName(metadata: readonly LiveObject[]): Map<string, Label[]> {
  const byName = new Map<string, Label[]>();
  for (const {
    metadata: { name: secret, labels },
  } of metadata) {
    const { name, status, version, [chartLabel]: chartDigest } = labels ?? {};
    // Helm's own selector: what lacks these is none of its releases.
    if (name === undefined || status === undefined || version === undefined) continue;
    const label = { name, status: status as ReleaseStatus, version: Number(version), secret, chartDigest };
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
