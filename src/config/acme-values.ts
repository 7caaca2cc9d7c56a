import type { Values } from './values.ts';

/** Let's Encrypt's real server: z2jh asks it where its values say nothing. */
export const productionAuthority = 'acme-v02.api.letsencrypt.org';

/** Host of an ACME server's address, by which servers are told apart; undefined: it is none. */
export function authorityIn(server: unknown): string | undefined {
  return typeof server === 'string' ? /^https?:\/\/([^/]+)/.exec(server)?.[1] : undefined;
}

/** `proxy.https` of the values of z2jh. */
export function httpsOf(values: Values | undefined): Values {
  const proxy = (values?.['proxy'] ?? {}) as Values;
  return (proxy['https'] ?? {}) as Values;
}

/** What z2jh's values have autohttps ask for, as host of the ACME server and names; undefined: nothing. */
export function acmeIn(
  values: Values,
): { readonly domains: readonly string[]; readonly authority: string } | undefined {
  const { enabled, type = 'letsencrypt', hosts, letsencrypt } = httpsOf(values);
  if (enabled !== true || type !== 'letsencrypt') return undefined;
  const { acmeServer } = (letsencrypt ?? {}) as Values;
  return {
    domains: Array.isArray(hosts) ? hosts.map(String) : [],
    authority: authorityIn(acmeServer) ?? productionAuthority,
  };
}
