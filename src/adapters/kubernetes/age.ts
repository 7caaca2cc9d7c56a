import type { KubernetesApi } from './api.ts';
import type { KubernetesEvent } from './shapes.ts';

/** By the cluster's clock, in milliseconds. It is known once the server has answered. */
export function nowOf(api: Pick<KubernetesApi, 'clockAhead'>): number {
  return Date.now() + api.clockAhead();
}

/** When something happened, or last did so: an event says it in one of three places. Milliseconds. */
export function timeOf({ lastTimestamp, eventTime, metadata }: KubernetesEvent): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
}

/** Whole seconds since a time, in ISO 8601 or in milliseconds; undefined: it is none. @param now by the cluster's clock. */
export function secondsSince(at: string | number | null | undefined, now: number): number | undefined {
  const time = typeof at === 'number' ? at : Date.parse(at ?? '');
  return Number.isNaN(time) ? undefined : Math.max(0, Math.round((now - time) / 1000));
}
