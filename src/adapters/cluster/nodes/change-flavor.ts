import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../../errors.ts';
import type { Values } from '../../../config/values.ts';
import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Telling } from '../telling.ts';
import { type GroupObject, type InfraObject, follow, machineSpecOf } from './capi-shapes.ts';
import { onManagement } from './on-management.ts';
import { patchGroup } from './scale.ts';

type Action<Kind extends NodeAction['kind']> = Extract<NodeAction, { kind: Kind }>;

/** Changed in place, before anything rolls: neither makes a new machine. */
export async function prepareRollout(
  { group }: Action<'prepareRollout'>,
  { context }: Telling,
): Promise<void> {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
  const strategy = { type: 'RollingUpdate', rollingUpdate };
  const spec = group.apiVersion.endsWith('/v1beta1')
    ? { strategy, template: { spec: { nodeDrainTimeout: '0s' } } }
    : { rollout: { strategy }, template: { spec: { deletion: { nodeDrainTimeoutSeconds: 0 } } } };
  await onManagement(context, (api) => patchGroup(api, group, { spec }));
}

/** Machine templates cannot be changed: the group gets another one, and Cluster API rolls its machines. */
export async function changeFlavor(
  action: Action<'changeFlavor'>,
  { context, report }: Telling,
): Promise<void> {
  const { group } = action;
  await onManagement(context, async (api) => {
    const name = await templateFor(api, action);
    report(`OpenStackMachineTemplate ${name}`);
    await patchGroup(api, group, { spec: referenceTo(name, group) });
  });
}

/**
 * One that machines of the group were made from, so that those stay, or else a copy of the one in use; its name tells its
 * contents, so that a second run makes no second one.
 */
async function templateFor(
  api: KubernetesApi,
  { group, flavor, earlier }: Action<'changeFlavor'>,
): Promise<string> {
  const object = await api.get<GroupObject>(group);
  const reference = object && machineSpecOf(object).infrastructureRef;
  const now = reference && (await follow(api, reference, group.namespace ?? ''));
  if (now === undefined) throw noTemplate(group, api);
  const { metadata, spec } = now.object;
  const { flavorID: _, ...machine } = (spec?.template?.spec ?? {}) as Values;
  const wanted = { ...machine, flavor };
  for (const name of earlier) {
    const found = await api.get<InfraObject>({ ...now.ref, name });
    if (isDeepStrictEqual(found?.spec?.template?.spec, wanted)) return name;
  }
  const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 8);
  const name = `${group.name.slice(0, 240)}-${digest}`;
  await api.create({
    apiVersion: now.ref.apiVersion,
    kind: now.ref.kind,
    metadata: { name, namespace: group.namespace ?? '', labels: metadata.labels ?? {} },
    spec: { template: { spec: wanted } },
  });
  return name;
}

/** Where the reference stands, by kind and version. */
function referenceTo(name: string, { kind, apiVersion }: ObjectRef): object {
  const infrastructureRef = { name };
  if (kind === 'MachineDeployment') return { template: { spec: { infrastructureRef } } };
  return {
    machineTemplate: apiVersion.endsWith('/v1beta1')
      ? { infrastructureRef }
      : { spec: { infrastructureRef } },
  };
}

function noTemplate({ kind, name, namespace = '' }: ObjectRef, api: KubernetesApi): UserError {
  return new UserError({
    what: `The machine template of ${kind} ${name} is not there.`,
    where: `namespace ${namespace}, context ${api.context}`,
    fix: 'Its `infrastructureRef` names it: whoever made the cluster has to put it back.',
  });
}
