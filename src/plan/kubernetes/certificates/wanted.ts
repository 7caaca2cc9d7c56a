import { authorityIn, httpsOf } from '../../../config/acme-values.ts';
import type { Values } from '../../../config/values.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { Release, System } from '../../../platform/kubernetes/system.ts';
import type { AcmeWanted } from './observed.ts';

/** The release of z2jh among the systems. */
export function hubReleaseOf(systems: readonly System[]): Release | undefined {
  return systems.find(({ id }) => id === 'jupyterhub')?.release;
}

/** The values with another `proxy.https`. */
export function withHttps(values: Values, https: Values): Values {
  return { ...values, proxy: { ...(values['proxy'] as Values), https } };
}

/** The certificate that the file wants Let's Encrypt to give; undefined: it wants none of it. */
export function acmeWanted(
  { https, address }: Environment,
  systems: readonly System[],
): AcmeWanted | undefined {
  if (typeof https !== 'object' || !https.letsEncrypt || address.domain === undefined) return undefined;
  const { acmeServer } = (httpsOf(hubReleaseOf(systems)?.values)['letsencrypt'] ?? {}) as Values;
  const server = typeof acmeServer === 'string' ? acmeServer : '';
  return { domain: address.domain, authority: authorityIn(server) ?? server };
}
