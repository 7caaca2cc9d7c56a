import { acmeIn } from '../../../config/acme-values.ts';
import type { AcmeDeployed } from '../../../plan/kubernetes/certificates/observed.ts';
import { observeReleases } from '../../kubernetes/releases.ts';
import type { ClusterContext } from '../context.ts';

/** What the hub's release, as it is, has autohttps ask for; undefined: nothing. */
export async function acmeDeployed(context: ClusterContext): Promise<AcmeDeployed | undefined> {
  const { namespace, environment } = context;
  const releases = await observeReleases(await context.api(), [namespace]);
  return acmeIn(releases[`${namespace}/${environment.kubernetes?.release ?? ''}`]?.newest.values ?? {});
}
