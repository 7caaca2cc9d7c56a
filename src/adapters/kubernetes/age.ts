import type { KubernetesApi } from './api.ts';

/** By the cluster's clock, in milliseconds. It is known once the server has answered. */
export function nowOf(api: Pick<KubernetesApi, 'clockAhead'>): number {
  return Date.now() + api.clockAhead();
}

/** Whole seconds since a time in ISO 8601; undefined: it is none. @param now by the cluster's clock. */
export function secondsSince(iso: string | null | undefined, now: number): number | undefined {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? undefined : Math.max(0, Math.round((now - time) / 1000));
}
