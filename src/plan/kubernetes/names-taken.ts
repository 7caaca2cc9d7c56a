import type { Environment } from '../../config/schema/environment.ts';
import type { KubernetesObject, Release, System } from '../../platform/kubernetes/system.ts';
import type { Refusal } from '../plan.ts';
import { keyOf, refOf, titleOf, type ObjectIndex } from './objects-diff.ts';
import type { ClusterObserved } from './observed.ts';
import { type Rendered, releaseKey } from './releases.ts';

interface Looked {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: Pick<ClusterObserved, 'context'>;
  readonly rendered: Rendered;
}

/** What charts give that belongs to no namespace: another release may have an object of the same name. */
export function clusterScoped(rendered: Rendered): KubernetesObject[] {
  return Object.values(rendered).flatMap((objects) =>
    objects.filter(({ metadata }) => metadata.namespace === undefined),
  );
}

/**
 * Why a release cannot be installed: an object that belongs to the whole cluster is another release's, as where two
 * files chose the same name. Helm finds out half-way, in other words. undefined: all names are free.
 */
export function nameTaken(
  { environment, systems, observed, rendered }: Looked,
  live: ObjectIndex,
): Refusal | undefined {
  for (const { release, title } of systems) {
    if (release === undefined) continue;
    for (const object of clusterScoped({ own: rendered[releaseKey(release)] ?? [] })) {
      const owner = ownerOf(live.get(keyOf(refOf(object))));
      if (owner === undefined || releaseKey(owner) === releaseKey(release)) continue;
      return {
        what: `${title} cannot be installed as release ${release.name} in namespace ${release.namespace}: ${titleOf(object)} belongs to the whole cluster, and release ${owner.name} of namespace ${owner.namespace} has it.`,
        where: `context ${observed.context}`,
        fix: fixFor(release, owner, environment),
        exitCode: 2,
      };
    }
  }
  return undefined;
}

type ReleaseName = Pick<Release, 'name' | 'namespace'>;

/** The release that an object belongs to, as Helm notes it. */
function ownerOf(object: KubernetesObject | undefined): ReleaseName | undefined {
  const annotations = object?.metadata.annotations;
  const name = annotations?.['meta.helm.sh/release-name'];
  const namespace = annotations?.['meta.helm.sh/release-namespace'];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

function fixFor({ chart, name, namespace }: Release, owner: ReleaseName, environment: Environment): string {
  if (chart !== 'jupyterhub') {
    return owner.name === name
      ? `A cluster has it once: write \`${chart}: { namespace: ${owner.namespace} }\` to share that one.`
      : `A cluster has it once: write \`${chart}: off\`, and it stays with whoever installed it.`;
  }
  const free = namespace === name ? `${environment.deployment}-${environment.name}` : namespace;
  return `Two hubs in one cluster need two names: write another \`kubernetes.release\`, such as \`release: ${free}\`.`;
}
