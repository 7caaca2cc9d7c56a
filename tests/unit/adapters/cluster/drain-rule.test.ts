import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { forgetServers, keepServers, whichKeep } from '../../../../src/adapters/cluster/nodes/drain-rule.ts';
import type { KubernetesApi, LiveObject } from '../../../../src/adapters/kubernetes/api.ts';
import type { ObjectRef } from '../../../../src/plan/kubernetes/observed.ts';
import { training } from '../../plan/kubernetes/observed.ts';

const kind = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineDeployment', namespace: 'clusters' };
const [workers, gpu]: ObjectRef[] = [
  { ...kind, name: 'training-workers' },
  { ...kind, name: 'training-gpu' },
];

/** A management cluster with the rules that are there. */
function management() {
  const rules = new Map<string, LiveObject>();
  const api: Partial<KubernetesApi> = {
    context: 'capi-mgmt',
    apply: async <T>(object: object) => {
      const rule = object as LiveObject;
      rules.set(rule.metadata.name, rule);
      return rule as T;
    },
    delete: async ({ name }: ObjectRef) => {
      rules.delete(name);
      return true;
    },
    listMetadata: async () => [...rules.values()],
    resource: async () => ({}) as never,
    close: () => undefined,
  };
  const context = { environment: training(), management: async () => api as KubernetesApi };
  return {
    rules,
    api: api as KubernetesApi,
    telling: { context: context as never as ClusterContext, report: () => undefined },
  };
}

test('each group has a rule for its own machines, and the end of one leaves the other', async () => {
  const { rules, api, telling } = management();
  await keepServers({ kind: 'keepServers', group: workers! }, telling);
  await keepServers({ kind: 'keepServers', group: gpu! }, telling);
  for (const { name } of [workers!, gpu!]) {
    const machines = [{ selector: { matchLabels: { 'cluster.x-k8s.io/deployment-name': name } } }];
    expect(rules.get(`hubwright-${name}-servers`)).toMatchObject({ spec: { machines } });
  }
  await forgetServers({ kind: 'forgetServers', group: workers! }, telling);
  const keeps = await whichKeep(api, 'clusters');
  expect([keeps('training-workers'), keeps('training-gpu')]).toEqual([false, true]);
});
