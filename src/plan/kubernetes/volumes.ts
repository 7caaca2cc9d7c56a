import { stackOf } from '../../platform/kubernetes/monitoring/names.ts';
import type { KubernetesObject, System } from '../../platform/kubernetes/system.ts';
import { groupBy } from '../names.ts';
import type { Destroy } from './destroy.ts';
import { keyOf, refOf } from './objects-diff.ts';
import type { ClusterObserved, ObjectRef, ObservedVolume } from './observed.ts';
import { releaseKey } from './releases.ts';

/** Longhorn's CSI driver, whoever installed it. */
const longhornDriver = 'driver.longhorn.io';

type Home = ClusterObserved['homes'][number];

/**
 * The homes that a destroy takes, and those that it leaves. A release that Hubwright has not deployed itself takes the
 * hub's database with it: Helm goes by what the release was sent with, so that nothing can be done about it any more.
 */
export function partedHomes({ systems, observed, intent }: Destroy): {
  readonly going: readonly Home[];
  readonly staying: readonly Home[];
} {
  const sent = systems.flatMap(({ release }) => releaseObjects(release, observed));
  const taken = new Set(sent.filter((object) => !isKept(object)).map((object) => keyOf(refOf(object))));
  const goes = ({ ref }: Home): boolean => intent.withHomes || taken.has(keyOf(ref));
  return {
    going: observed.homes.filter(goes),
    staying: observed.homes.filter((home) => !goes(home)),
  };
}

/** What the newest revision of a release has sent. */
export function releaseObjects(
  release: System['release'],
  { releases }: ClusterObserved,
): readonly KubernetesObject[] {
  return (release && releases[releaseKey(release)]?.newest.objects) ?? [];
}

/** Helm leaves it behind. */
export function isKept({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.['helm.sh/resource-policy'] === 'keep';
}

/** Volumes that their storage deletes by itself: of the homes that go, and those of which the claim is gone already. */
export function vanishingVolumes(destroy: Destroy): readonly ObservedVolume[] {
  const names = new Set(partedHomes(destroy).going.map(({ ref }) => ref.name));
  return ownVolumes(destroy).filter(
    ({ goesWithClaim, claimDeleted, claim }) =>
      goesWithClaim && (claimDeleted || names.has(claim?.name ?? '')),
  );
}

/** Those of the homes that go, of a storage that deletes nothing by itself. */
export function keptVolumes(destroy: Destroy): readonly ObservedVolume[] {
  const names = new Set(partedHomes(destroy).going.map(({ ref }) => ref.name));
  return ownVolumes(destroy).filter(
    ({ goesWithClaim, claim }) => !goesWithClaim && names.has(claim?.name ?? ''),
  );
}

function ownVolumes({ environment, observed }: Destroy): readonly ObservedVolume[] {
  const namespace = environment.kubernetes?.namespace;
  return observed.volumes.filter(({ claim }) => claim?.namespace === namespace);
}

export function isOfLonghorn({ driver }: ObservedVolume): boolean {
  return driver === longhornDriver;
}

export function volumeRef({ name }: ObservedVolume): ObjectRef {
  return { apiVersion: 'v1', kind: 'PersistentVolume', name };
}

/** Whose volumes would be lost with Longhorn, in words. An environment that it has not deployed has no labels to see. */
export function usersOfLonghorn(destroy: Destroy): string[] {
  const { environment, observed } = destroy;
  const own = environment.kubernetes?.namespace ?? '';
  const vanishing = new Set(vanishingVolumes(destroy));
  const lost = observed.volumes.filter((volume) => isOfLonghorn(volume) && !vanishing.has(volume));
  // The monitoring goes with Longhorn, and before it.
  const monitoring = stackOf(environment)?.namespace;
  const named = new Set([monitoring, ...observed.neighbours.map(({ namespace }) => namespace)]);
  const byNamespace = groupBy(lost, ({ claim }) => claim?.namespace ?? '');
  const others = [...byNamespace]
    .filter(([namespace]) => namespace !== own && !named.has(namespace))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, volumes]) =>
      namespace === ''
        ? `${counted(volumes.length)} that nobody claims`
        : `${counted(volumes.length)} of namespace ${namespace}`,
    );
  const staying = stayingHere(destroy, byNamespace.get(own) ?? []);
  return staying === 0 ? others : [`${counted(staying)} of this environment`, ...others];
}

/** Also claims of which it is not known where their volume is: they may yet get one. */
function stayingHere(destroy: Destroy, lost: readonly ObservedVolume[]): number {
  const bound = new Set(ownVolumes(destroy).map(({ claim }) => claim?.name));
  const unknown = partedHomes(destroy).staying.filter(({ ref }) => !bound.has(ref.name));
  return lost.length + unknown.length;
}

export function counted(count: number): string {
  return `${count} volume${count === 1 ? '' : 's'}`;
}
