/** Whole seconds since a time in ISO 8601; undefined: it is none. @param now by the cluster's clock. */
export function secondsSince(iso: string | null | undefined, now: number): number | undefined {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? undefined : Math.max(0, Math.round((now - time) / 1000));
}
