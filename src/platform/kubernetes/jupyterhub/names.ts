import type { Values } from '../../../config/values.ts';

/** The folder of the chart's own configuration, which is on the hub's Python path. */
export const hubFolder = '/usr/local/etc/jupyterhub';

/** The chart's `fullname`: empty but for who asks for another. */
export function namePrefix(release: string, values: Values): string {
  const wanted = values['fullnameOverride'];
  if (wanted !== null) return typeof wanted === 'string' ? wanted : '';
  const name = values['nameOverride'] ?? 'jupyterhub';
  return typeof name !== 'string' || release.includes(name) ? release : `${release}-${name}`;
}

/** What the chart calls one of its objects: `proxy`, or `own-proxy` with another `fullname`. */
export function chartObject(release: string, values: Values, name: string): string {
  const prefix = namePrefix(release, values);
  return prefix === '' ? name : `${prefix}-${name}`;
}
