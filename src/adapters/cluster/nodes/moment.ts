import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';

/** By the cluster's clock, in milliseconds. */
export function nowOf(api: KubernetesApi): number {
  return Date.now() + api.clockAhead();
}

/** Its namespace, where that is not the environment's own. */
export function elsewhereOf({ metadata }: Pick<LiveObject, 'metadata'>, own: string): string | undefined {
  return metadata.namespace === own ? undefined : metadata.namespace;
}
