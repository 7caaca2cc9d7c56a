import type { Environment } from '../../config/schema/environment.ts';

/** The address that people open; undefined where only the load balancer knows it. */
export function publicUrl({ address, https }: Environment): string | undefined {
  const host = address.domain ?? address.floatingIp;
  if (host === undefined) return undefined;
  return `${typeof https === 'object' ? 'https' : 'http'}://${host}/`;
}
