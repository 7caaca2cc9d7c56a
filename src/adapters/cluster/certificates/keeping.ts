import type { KubernetesApi } from '../../kubernetes/api.ts';

/**
 * Where copies of certificates and the count of requests are kept: outside of the environment's namespace, which may be
 * deleted; it stays when the environment goes.
 */
export const keepingNamespace = 'hubwright-certificates';

export const keepingLabels = { 'app.kubernetes.io/managed-by': 'hubwright' };

export async function makeKeepingNamespace(api: KubernetesApi): Promise<void> {
  await api.apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: keepingNamespace, labels: keepingLabels },
  });
}

/** A part of an object's name: hosts have colons. */
export function namePart(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-');
}
