import type { ObservedServer } from '../../plan/kubernetes/observed.ts';
import type { HubUser } from '../../ports.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { runningServers } from '../kubernetes/pods.ts';

/** The servers of people as their pods tell, with what only the hub knows. */
export async function observeServers(
  api: KubernetesApi,
  namespace: string,
  users: Promise<readonly HubUser[] | undefined>,
): Promise<ObservedServer[]> {
  const [servers, known = []] = await Promise.all([runningServers(api, namespace), users]);
  const byName = new Map(known.map(({ name, server }) => [name, server]));
  return servers.map((server) => {
    const said = byName.get(server.user);
    return {
      ...server,
      lastActivity: said?.lastActivity,
      // A pod that somebody else's hub has started has no label of ours.
      profile: server.profile ?? (said === undefined ? undefined : (said.profile ?? null)),
    };
  });
}
