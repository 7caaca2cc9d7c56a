import type { Values } from './values.ts';

/** What z2jh asks where its values say nothing. */
const usual = 'acme-v02.api.letsencrypt.org';

/** What z2jh's values have autohttps ask for, as host of the ACME server and names; undefined: nothing. */
export function acmeIn(
  values: Values,
): { readonly domains: readonly string[]; readonly authority: string } | undefined {
  const { https = {} } = (values['proxy'] ?? {}) as { https?: Values };
  const { enabled, type = 'letsencrypt', hosts, letsencrypt } = https;
  if (enabled !== true || type !== 'letsencrypt') return undefined;
  const { acmeServer } = (letsencrypt ?? {}) as Values;
  return {
    domains: Array.isArray(hosts) ? hosts.map(String) : [],
    authority: (typeof acmeServer === 'string' && /^https?:\/\/([^/]+)/.exec(acmeServer)?.[1]) || usual,
  };
}
