import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { scaleMachines } from '../../../../src/adapters/cluster/nodes/scale.ts';
import type { KubernetesApi, ListQuery } from '../../../../src/adapters/kubernetes/api.ts';
import { UserError } from '../../../../src/errors.ts';
import type { ObjectRef } from '../../../../src/plan/kubernetes/observed.ts';
import { training } from '../../plan/kubernetes/observed.ts';

const kind = { apiVersion: 'cluster.x-k8s.io/v1beta2', namespace: 'clusters' };
const group: ObjectRef = { ...kind, kind: 'MachineDeployment', name: 'training-workers' };
const machine = (name: string): ObjectRef => ({ ...kind, kind: 'Machine', name });
const deleteMachine = 'cluster.x-k8s.io/delete-machine';

interface Given {
  replicas: number;
  /** By machine: who has marked it. */
  readonly marks: Record<string, string | undefined>;
  readonly refused?: 'at once' | 'when it was done already';
}

/** The management cluster with one group; what it has afterwards is in what was given. */
function management(given: Given): Pick<ClusterContext, 'environment' | 'management'> {
  const patchGroup = ({ spec }: { spec: { replicas: number } }): object => {
    if (given.refused !== 'at once') given.replicas = spec.replicas;
    if (given.refused !== undefined)
      throw new UserError({ what: 'You may not patch machinedeployments.', fix: 'Ask.' });
    return {};
  };
  const patchMachine = (name: string, patch: object): object => {
    const { annotations } = (patch as { metadata: { annotations: Record<string, string | null> } }).metadata;
    given.marks[name] = annotations[deleteMachine] ?? undefined;
    return {};
  };
  const api: Partial<KubernetesApi> = {
    context: 'capi-mgmt',
    get: async <T>() => ({ spec: { replicas: given.replicas } }) as T,
    listMetadata: async ({ kind: of, labelSelector }: ListQuery) =>
      of !== 'Machine' || labelSelector !== 'cluster.x-k8s.io/deployment-name=training-workers'
        ? []
        : Object.entries(given.marks).map(
            ([name, by]) => ({ metadata: { name, annotations: by && { [deleteMachine]: by } } }) as never,
          ),
    patch: async <T>(ref: ObjectRef, patch: object) =>
      (ref.kind === 'Machine' ? patchMachine(ref.name, patch) : patchGroup(patch as never)) as T,
    close: () => undefined,
  };
  return { environment: training(), management: async () => api as KubernetesApi };
}

function scale(given: Given, goFirst: readonly string[]): Promise<void> {
  return scaleMachines(
    { kind: 'scaleMachines', group, bounds: undefined, replicas: 1, goFirst: goFirst.map(machine) },
    { context: management(given) as ClusterContext, report: () => undefined },
  );
}

test('a scale-down takes off the marks that a run which was cut off has left, and nobody else’s', async () => {
  const given: Given = {
    replicas: 3,
    marks: { a: 'hubwright', b: '2026-12-01 04:00:00 +0000', c: undefined },
  };
  await scale(given, ['c']);
  expect(given).toEqual({
    replicas: 1,
    marks: { a: undefined, b: '2026-12-01 04:00:00 +0000', c: 'hubwright' },
  });
});

test('a scale-down that is refused leaves no mark', async () => {
  const given: Given = {
    replicas: 3,
    marks: { a: undefined, b: undefined, c: undefined },
    refused: 'at once',
  };
  await expect(scale(given, ['b', 'c'])).rejects.toMatchObject({
    what: 'You may not patch machinedeployments.',
  });
  expect(given).toMatchObject({ replicas: 3, marks: { a: undefined, b: undefined, c: undefined } });
});

test('a scale-down whose answer was lost leaves the marks: machines go by them', async () => {
  const given: Given = {
    replicas: 3,
    marks: { a: undefined, b: undefined },
    refused: 'when it was done already',
  };
  await expect(scale(given, ['b'])).rejects.toThrow('You may not patch');
  expect(given).toMatchObject({ replicas: 1, marks: { a: undefined, b: 'hubwright' } });
});
