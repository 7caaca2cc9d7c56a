import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { serverLabels } from '../../kubernetes/pods.ts';
import type { Telling } from '../telling.ts';
import { capiGroups, servedVersion } from './capi-shapes.ts';
import { onManagement } from './on-management.ts';

type Rule = Omit<Extract<NodeAction, { kind: 'keepServers' }>, 'kind'>;

/** A drain evicts people's servers, which nothing brings back: with this it waits until they have ended. */
export async function keepServers(rule: Rule, { context }: Telling): Promise<void> {
  await onManagement(context, async (api) => {
    await api.apply({
      ...(await refOf(rule, api)),
      spec: {
        drain: { behavior: 'WaitCompleted' },
        machines: [{ selector: { matchLabels: { 'cluster.x-k8s.io/cluster-name': rule.cluster } } }],
        pods: [{ selector: { matchLabels: serverLabels } }],
      },
    });
  });
}

export async function forgetServers(rule: Rule, { context }: Telling): Promise<void> {
  await onManagement(context, async (api) => {
    const { apiVersion, kind, metadata } = await refOf(rule, api);
    await api.delete({ apiVersion, kind, ...metadata });
  });
}

/** Whether a roll-out has left it, or needs it still. */
export async function keepsServers(rule: Rule, api: KubernetesApi): Promise<boolean> {
  if ((await servedVersion(api, capiGroups.cluster, 'MachineDrainRule')) === undefined) return false;
  const { apiVersion, kind, metadata } = await refOf(rule, api);
  return (await api.get({ apiVersion, kind, ...metadata })) !== undefined;
}

async function refOf({ cluster, namespace }: Rule, api: KubernetesApi) {
  const version = (await servedVersion(api, capiGroups.cluster, 'MachineDrainRule')) ?? 'v1beta1';
  return {
    apiVersion: `${capiGroups.cluster}/${version}`,
    kind: 'MachineDrainRule',
    metadata: { name: `hubwright-${cluster}-servers`, namespace },
  };
}
