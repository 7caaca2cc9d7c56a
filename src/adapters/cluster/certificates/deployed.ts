import type { Values } from '../../../config/values.ts';
import type { AcmeDeployed } from '../../../plan/kubernetes/certificates/observed.ts';
import { observeReleases } from '../../kubernetes/releases.ts';
import type { ClusterContext } from '../context.ts';
import { hostOf } from './acme-store.ts';

/** What z2jh asks where its values say nothing. */
const usual = 'acme-v02.api.letsencrypt.org';

/** What the hub's release, as it is, has autohttps ask for; undefined: nothing. */
export async function acmeDeployed(context: ClusterContext): Promise<AcmeDeployed | undefined> {
  const { namespace, environment } = context;
  const releases = await observeReleases(await context.api(), [namespace]);
  const values = releases[`${namespace}/${environment.kubernetes?.release ?? ''}`]?.newest.values ?? {};
  const { https = {} } = (values['proxy'] ?? {}) as { https?: Values };
  const { enabled, type = 'letsencrypt', hosts, letsencrypt } = https;
  if (enabled !== true || type !== 'letsencrypt') return undefined;
  return {
    domains: Array.isArray(hosts) ? hosts.map(String) : [],
    authority: hostOf((letsencrypt as Values | undefined)?.['acmeServer']) ?? usual,
  };
}
