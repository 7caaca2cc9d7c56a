import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { changeFlavor } from '../../../../src/adapters/cluster/nodes/change-flavor.ts';
import type { KubernetesApi } from '../../../../src/adapters/kubernetes/api.ts';
import type { ObjectRef } from '../../../../src/plan/kubernetes/observed.ts';
import { training } from '../../plan/kubernetes/observed.ts';

const kind = 'OpenStackMachineTemplate';
const group: ObjectRef = {
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'MachineDeployment',
  name: 'training-workers',
  namespace: 'clusters',
};

/** The template that the group has after it was changed to `small`; it has `large-1` now. */
async function templateAfter(templates: Readonly<Record<string, object>>): Promise<string> {
  let after = '';
  const infrastructureRef = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind, name: 'large-1' };
  const api: Partial<KubernetesApi> = {
    context: 'capi-mgmt',
    get: async <T>(ref: ObjectRef) => {
      const template = templates[ref.name];
      if (ref.kind === kind)
        return (template && { metadata: { name: ref.name }, spec: { template: { spec: template } } }) as T;
      return { spec: { template: { spec: { infrastructureRef } } } } as T;
    },
    create: async <T>() => ({}) as T,
    patch: async <T>(_: ObjectRef, patch: object) => {
      const { spec } = patch as { spec: { template: { spec: { infrastructureRef: { name: string } } } } };
      after = spec.template.spec.infrastructureRef.name;
      return {} as T;
    },
    close: () => undefined,
  };
  const context: Partial<ClusterContext> = {
    environment: training(),
    management: async () => api as KubernetesApi,
  };
  await changeFlavor(
    { kind: 'changeFlavor', group, flavor: 'small', earlier: ['gone', 'small-1'] },
    { context: context as ClusterContext, report: () => undefined },
  );
  return after;
}

const large = { image: { id: 'a' }, flavor: 'large' };

test('a group goes back with the template that its machines are of: with another one they would all be replaced', async () => {
  expect(await templateAfter({ 'large-1': large, 'small-1': { flavor: 'small', image: { id: 'a' } } })).toBe(
    'small-1',
  );
});

test('a group gets a new template where an earlier one differs in more than the flavour', async () => {
  const small = { flavor: 'small', image: { id: 'old' } };
  expect(await templateAfter({ 'large-1': large, 'small-1': small })).toMatch(
    /^training-workers-[0-9a-f]{8}$/,
  );
});
