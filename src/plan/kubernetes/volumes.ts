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

/** Whose volumes would be lost with Longhorn, in words. */
export function usersOfLonghorn(destroy: Destroy): string[] {
  const staying = stayingHere(destroy);
  const others = othersOnLonghorn(destroy);
  return staying === 0 ? others : [`${counted(staying)} of this environment`, ...others];
}

/** Volumes of Longhorn in other namespaces, in words: what Hubwright has not deployed has no labels to see. */
export function othersOnLonghorn({
  environment,
  observed,
}: Pick<Destroy, 'environment' | 'observed'>): string[] {
  const named = new Set([
    environment.kubernetes?.namespace,
    // The monitoring goes with Longhorn, and before it.
    stackOf(environment)?.namespace,
    ...observed.neighbours.map(({ namespace }) => namespace),
  ]);
  const byNamespace = groupBy(observed.volumes.filter(isOfLonghorn), ({ claim }) => claim?.namespace ?? '');
  return [...byNamespace]
    .filter(([namespace]) => !named.has(namespace))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, volumes]) =>
      namespace === ''
        ? `${counted(volumes.length)} that nobody claims`
        : `${counted(volumes.length)} of namespace ${namespace}`,
    );
}

/** Also claims of which it is not known where their volume is: they may yet get one. */
function stayingHere(destroy: Destroy): number {
  const own = ownVolumes(destroy);
  const vanishing = new Set(vanishingVolumes(destroy));
  const lost = own.filter((volume) => isOfLonghorn(volume) && !vanishing.has(volume));
  const bound = new Set(own.map(({ claim }) => claim?.name));
  const unknown = partedHomes(destroy).staying.filter(({ ref }) => !bound.has(ref.name));
  return lost.length + unknown.length;
}

export function counted(count: number): string {
  return `${count} volume${count === 1 ? '' : 's'}`;
}
