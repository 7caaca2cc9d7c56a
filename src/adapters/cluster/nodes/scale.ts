import { sizeAnnotations } from '../../../config/cluster-api.ts';
import { UserError } from '../../../errors.ts';
import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Telling } from '../telling.ts';
import { onManagement } from './on-management.ts';

type Action<Kind extends NodeAction['kind']> = Extract<NodeAction, { kind: Kind }>;

export async function scaleMachines(
  { group, bounds, replicas, goFirst }: Action<'scaleMachines'>,
  { context, report }: Telling,
): Promise<void> {
  await onManagement(context, async (api) => {
    // Which machine goes is otherwise anybody's guess: the chart's groups choose at random.
    const mark = { metadata: { annotations: { 'cluster.x-k8s.io/delete-machine': 'hubwright' } } };
    for (const machine of goFirst) await api.patch(machine, mark);
    const annotations = bounds && {
      [sizeAnnotations.min]: `${bounds.min}`,
      [sizeAnnotations.max]: `${bounds.max}`,
    };
    await patchGroup(api, group, {
      ...(annotations === undefined ? {} : { metadata: { annotations } }),
      ...(replicas === undefined ? {} : { spec: { replicas } }),
    });
  });
  if (replicas !== undefined) report(`Cluster API is asked for ${replicas} machines`);
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
