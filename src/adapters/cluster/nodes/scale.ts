import { sizeAnnotations } from '../../../config/cluster-api.ts';
import { UserError } from '../../../errors.ts';
import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { seen } from '../seen.ts';
import type { Telling } from '../telling.ts';
import { type GroupObject, deploymentName } from './capi-shapes.ts';
import { onManagement } from './on-management.ts';

type Action<Kind extends NodeAction['kind']> = Extract<NodeAction, { kind: Kind }>;

export async function scaleMachines(
  { group, bounds, replicas, goFirst }: Action<'scaleMachines'>,
  { context, report }: Telling,
): Promise<void> {
  await onManagement(context, async (api) => {
    // Those of a run that was cut off: people may be on them by now.
    await takeMarksOff(api, group, goFirst);
    // Which machine goes is otherwise anybody's guess: the chart's groups choose at random.
    for (const machine of goFirst) await api.patch(machine, marked('hubwright'));
    const annotations = bounds && {
      [sizeAnnotations.min]: `${bounds.min}`,
      [sizeAnnotations.max]: `${bounds.max}`,
    };
    const patch = {
      ...(annotations === undefined ? {} : { metadata: { annotations } }),
      ...(replicas === undefined ? {} : { spec: { replicas } }),
    };
    // Only marked: a release does the rest.
    if (Object.keys(patch).length === 0) return;
    try {
      await patchGroup(api, group, patch);
    } catch (error) {
      await afterRefusal(api, group, replicas);
      throw error;
    }
  });
  if (replicas !== undefined) report(`Cluster API is asked for ${replicas} machines`);
}

const deleteMachine = 'cluster.x-k8s.io/delete-machine';

function marked(by: string | null): object {
  return { metadata: { annotations: { [deleteMachine]: by } } };
}

/** Hubwright's marks on machines of the group, but for these; what the autoscaler and people have marked is theirs. */
async function takeMarksOff(
  api: KubernetesApi,
  { apiVersion, name, namespace = '' }: ObjectRef,
  but: readonly ObjectRef[],
): Promise<void> {
  const kind = { apiVersion, kind: 'Machine', namespace };
  const labelSelector = `${deploymentName}=${name}`;
  for (const { metadata } of await api.listMetadata({ ...kind, labelSelector })) {
    const ours = metadata.annotations?.[deleteMachine] === 'hubwright';
    if (!ours || but.some((machine) => machine.name === metadata.name)) continue;
    await api.patch({ ...kind, name: metadata.name }, marked(null));
  }
}

/** An answer may be lost on its way: where the group has the number all the same, the marks say which machines go. */
async function afterRefusal(
  api: KubernetesApi,
  group: ObjectRef,
  replicas: number | undefined,
): Promise<void> {
  // Why it was refused says more than what this finds; the next run takes the marks off.
  await seen(async () => {
    const now = await api.get<GroupObject>(group);
    if (replicas === undefined || now?.spec.replicas !== replicas) await takeMarksOff(api, group, []);
  });
}

export async function patchGroup(api: KubernetesApi, group: ObjectRef, patch: object): Promise<void> {
  if ((await api.patch(group, patch)) !== undefined) return;
  throw new UserError({
    what: `${group.kind} ${group.name} is not there any more.`,
    where: `namespace ${group.namespace ?? ''}, context ${api.context}`,
    fix: 'Look at what there is, and plan anew.',
  });
}

interface Deployment {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

type Container = { readonly command?: readonly string[]; readonly args?: readonly string[] };

/** Magnum has its arguments in `command`, others in `args`. */
export async function scaleByArgument(
  { deployment, group, bounds }: Action<'scaleByArgument'>,
  { context }: Telling,
): Promise<void> {
  const api = await context.api();
  const found = await api.get<Deployment>(deployment);
  const containers = (found?.spec.template.spec.containers ?? []).map((container) => ({
    ...container,
    ...(container.command ? { command: withBounds(container.command, group, bounds) } : {}),
    ...(container.args ? { args: withBounds(container.args, group, bounds) } : {}),
  }));
  // A merge patch replaces lists whole.
  await patchGroup(api, deployment, { spec: { template: { spec: { containers } } } });
}

function withBounds(
  words: readonly string[],
  group: string,
  { min, max }: Action<'scaleByArgument'>['bounds'],
): string[] {
  return words.map((word) => {
    const [, flag = '', name] = /^(--?nodes=)?\d+:\d+:(\S+)$/.exec(word) ?? [];
    return name === group ? `${flag}${min}:${max}:${group}` : word;
  });
}
