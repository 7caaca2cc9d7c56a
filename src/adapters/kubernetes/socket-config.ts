import type { KubeConfig } from '@kubernetes/client-node';
import type { KubernetesApi } from './api.ts';

/** For something in between that lets no websocket through and says nothing: the process could not end before it. */
const patienceMs = 10_000;

/** The two questions that the library's websockets ask, answered from our connection: credentials, CA and proxy are ours. */
export async function socketConfig(api: KubernetesApi): Promise<KubeConfig> {
  const { agent, headers } = await api.socketOptions();
  const answers = {
    getCurrentCluster: () => ({ name: api.context, server: api.server }),
    applyToHTTPSOptions: (options: object) => {
      Object.assign(options, { agent, headers, handshakeTimeout: patienceMs });
      return Promise.resolve();
    },
  };
  return answers as unknown as KubeConfig;
}
