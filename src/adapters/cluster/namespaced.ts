import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';

/** Kinds that charts send without a namespace because they have none. */
const clusterScoped = new Set([
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'CSIDriver',
]);

/** A chart may leave the namespace out: Helm puts the release's in. */
export function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  if (object.metadata.namespace !== undefined || clusterScoped.has(object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Its namespace, where that is not the environment's own. */
export function elsewhereOf(
  { metadata }: { readonly metadata: { readonly namespace?: string } },
  own: string,
): string | undefined {
  return metadata.namespace === own ? undefined : metadata.namespace;
}

/** Which object it is. */
export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
