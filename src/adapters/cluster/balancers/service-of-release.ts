import { UserError } from '../../../errors.ts';
import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { KubernetesObject } from '../../../platform/kubernetes/system.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { releaseHistory } from '../../kubernetes/releases.ts';

/**
 * The Service as its release sent it, and as Helm marks what is its own.
 *
 * @throws UserError when no revision that was deployed has it.
 */
export async function serviceOfRelease(
  api: KubernetesApi,
  { namespace, name }: ServiceRef,
  release: ServiceRef,
): Promise<KubernetesObject> {
  const history = await releaseHistory(api, release);
  const sent =
    history.find(({ status }) => status === 'deployed') ??
    history.find(({ status }) => status === 'superseded');
  const object = sent?.objects.find(
    ({ kind, metadata }) =>
      kind === 'Service' && metadata.name === name && (metadata.namespace ?? release.namespace) === namespace,
  );
  if (object === undefined)
    throw new UserError({
      what: `Release ${release.name} has no Service ${name}, so that it could not be made again.`,
      where: `namespace ${release.namespace}`,
      fix: `Look at what it has: \`helm -n ${release.namespace} get manifest ${release.name}\`. A deploy of the environment that asks for the Service comes first.`,
    });
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      namespace,
      labels: { ...metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...metadata.annotations,
        'meta.helm.sh/release-name': release.name,
        'meta.helm.sh/release-namespace': release.namespace,
      },
    },
  };
}
