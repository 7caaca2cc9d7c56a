import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { indexed, keyOf, refOf } from '../../plan/kubernetes/objects-diff.ts';
import { releaseKey } from '../../plan/kubernetes/releases.ts';
import type { Trouble, TroubleKind } from '../../plan/trouble.ts';
import type { KubernetesObject, System, SystemId } from '../../platform/kubernetes/system.ts';

/** Without which nothing works, in the order in which it is told; what else was deleted `plan` names. */
const vital = ['Deployment', 'StatefulSet', 'DaemonSet', 'Service'];

/** What it is when a part of them is gone. Of the others nobody waits for a part. */
const kinds: { readonly [Id in SystemId]?: TroubleKind } = {
  jupyterhub: 'part',
  longhorn: 'storage',
  monitoring: 'recording',
};

export interface MissingPart {
  readonly system: System;
  readonly object: KubernetesObject;
  /** Of the release that it belongs to. */
  readonly revision: number;
}

/** What was installed, and somebody has deleted: it has no status that could tell. */
export function missingParts(systems: readonly System[], observed: ClusterObserved): readonly MissingPart[] {
  const live = indexed(observed.live);
  return systems.flatMap((system) => {
    const release = system.release && observed.releases[releaseKey(system.release)];
    // What has never been deployed is one trouble, not twenty.
    if (release?.lastGood === undefined || kinds[system.id] === undefined) return [];
    const { number: revision, objects } = release.newest;
    return [...objects, ...system.objects]
      .filter((object) => vital.includes(object.kind) && !live.has(keyOf(refOf(object))))
      .toSorted((a, b) => vital.indexOf(a.kind) - vital.indexOf(b.kind))
      .map((object) => ({ system, object, revision }));
  });
}

export function missingTrouble({ system, object, revision }: MissingPart, environment: string): Trouble {
  const { kind, metadata } = object;
  const name = kind === 'Service' ? `Service ${metadata.name}` : metadata.name;
  return {
    kind: kinds[system.id] ?? 'part',
    what: `${name}${system.id === 'jupyterhub' ? '' : ` of ${system.title}`} is not there`,
    fix: `hubwright deploy ${environment}`,
    evidence: [
      `no ${kind} ${metadata.name} in namespace ${metadata.namespace ?? ''}; revision ${revision} of release ${system.release?.name ?? ''} has it`,
    ],
  };
}
