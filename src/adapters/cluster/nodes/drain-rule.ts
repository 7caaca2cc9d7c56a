import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { serverLabels } from '../../kubernetes/pods.ts';
import type { Telling } from '../telling.ts';
import { capiGroups, deploymentName, servedVersion } from './capi-shapes.ts';
import { onManagement } from './on-management.ts';

type Action = Extract<NodeAction, { kind: 'keepServers' | 'forgetServers' }>;
type Group = Action['group'];

/**
 * A drain evicts people's servers, which nothing brings back: with this it waits until they have ended. Each group has a rule of
 * its own, so that the end of one roll-out is none of another's.
 */
export async function keepServers({ group }: Action, { context }: Telling): Promise<void> {
  await onManagement(context, async (api) => {
    await api.apply({
      ...(await headOf(group, api)),
      spec: {
        drain: { behavior: 'WaitCompleted' },
        machines: [{ selector: { matchLabels: { [deploymentName]: group.name } } }],
        pods: [{ selector: { matchLabels: serverLabels } }],
      },
    });
  });
}

export async function forgetServers({ group }: Action, { context }: Telling): Promise<void> {
  await onManagement(context, async (api) => {
    const { apiVersion, kind, metadata } = await headOf(group, api);
    await api.delete({ apiVersion, kind, ...metadata });
  });
}

/** For which MachineDeployments a roll-out has left its rule, or needs it still. */
export async function whichKeep(api: KubernetesApi, namespace: string): Promise<(group: string) => boolean> {
  const version = await servedVersion(api, capiGroups.cluster, 'MachineDrainRule');
  if (version === undefined) return () => false;
  const kind = { apiVersion: `${capiGroups.cluster}/${version}`, kind: 'MachineDrainRule' };
  const rules = await api.listMetadata({ ...kind, namespace });
  const names = new Set(rules.map(({ metadata }) => metadata.name));
  return (group) => names.has(ruleName(group));
}

async function headOf({ name, namespace = '' }: Group, api: KubernetesApi) {
  const version = (await servedVersion(api, capiGroups.cluster, 'MachineDrainRule')) ?? 'v1beta1';
  return {
    apiVersion: `${capiGroups.cluster}/${version}`,
    kind: 'MachineDrainRule',
    metadata: { name: ruleName(name), namespace },
  };
}

function ruleName(group: string): string {
  return `hubwright-${group}-servers`;
}
