import { describe, expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { followRollout } from '../../../../src/adapters/cluster/nodes/follow.ts';
import type { KubernetesApi, ListQuery } from '../../../../src/adapters/kubernetes/api.ts';
import { UserError } from '../../../../src/errors.ts';
import type { ObjectRef } from '../../../../src/plan/kubernetes/observed.ts';
import { training } from '../../plan/kubernetes/observed.ts';

const infrastructure = 'infrastructure.cluster.x-k8s.io';
const [group, namespace] = ['training-workers', 'clusters'];
const name = `${group}-new`;

interface Given {
  /** Of the new machine; it has been made from the template of the group unless said. */
  readonly machine?: object;
  readonly openstackMachine?: object;
  readonly server?: object | 'forbidden';
  readonly from?: string;
}

interface Made {
  readonly template: string;
  readonly flavor: string;
  readonly status?: object | undefined;
  readonly infra?: object | undefined;
}

function machine(its: string, { template, flavor, status, infra }: Made) {
  const labels = { 'cluster.x-k8s.io/deployment-name': group };
  const infrastructureRef = { apiGroup: infrastructure, kind: 'OpenStackMachine', name: its };
  const annotations = { 'cluster.x-k8s.io/cloned-from-name': template };
  return {
    Machine: { metadata: { name: its, labels }, spec: { infrastructureRef }, status },
    OpenStackMachine: { metadata: { name: its, annotations }, spec: { flavor }, status: infra },
  };
}

/** Rolls from `small` to `large`: one old machine is a node, and the new one is as given. */
function management(given: Given): KubernetesApi {
  const infrastructureRef = { apiGroup: infrastructure, kind: 'OpenStackMachineTemplate', name: 'large-1' };
  const deployment = {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'MachineDeployment',
    metadata: { name: group, namespace, generation: 2 },
    spec: { replicas: 1, template: { spec: { infrastructureRef } } },
    status: { observedGeneration: 2, replicas: 2, readyReplicas: 1, upToDateReplicas: 0 },
  };
  const node = { phase: 'Running', nodeRef: { name: 'old' } };
  const machines = [
    machine(`${group}-old`, { template: 'small-1', flavor: 'small', status: node }),
    machine(name, {
      template: given.from ?? 'large-1',
      flavor: 'large',
      status: given.machine ?? { phase: 'Provisioning' },
      infra: given.openstackMachine,
    }),
  ];
  const lists: Readonly<Record<string, readonly object[]>> = {
    MachineDeployment: [deployment],
    Machine: machines.map((one) => one.Machine),
    OpenStackMachine: machines.map((one) => one.OpenStackMachine),
    OpenStackServer: [{ metadata: { name }, status: given.server }],
  };
  const api: Partial<KubernetesApi> = {
    context: 'capi-mgmt',
    clockAhead: () => 0,
    close: () => undefined,
    resource: async (apiVersion, kind) =>
      apiVersion.endsWith('v1beta2') || kind.startsWith('OpenStack') ? ({} as never) : undefined,
    list: async <T>({ kind }: ListQuery) => {
      if (kind === 'OpenStackServer' && given.server === 'forbidden')
        throw new UserError({ what: 'You may not list openstackservers.', fix: 'Ask.' });
      return (lists[kind] ?? []) as T[];
    },
    get: async <T>() => ({ spec: { template: { spec: { flavor: 'large' } } } }) as T,
  };
  return api as KubernetesApi;
}

function follow(given: Given): Promise<void> {
  const cluster: Partial<KubernetesApi> = { list: async () => [] };
  const context: Partial<ClusterContext> = {
    environment: training(),
    namespace: 'jupyterhub',
    timeoutSeconds: 0,
    api: async () => cluster as KubernetesApi,
    management: async () => management(given),
  };
  const ref: ObjectRef = {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'MachineDeployment',
    name: group,
    namespace,
  };
  return followRollout(
    {
      kind: 'followRollout',
      group: ref,
      flavor: 'large',
      cluster: { name: 'training', namespace },
    },
    { context: context as ClusterContext, report: () => undefined },
  );
}

/** A condition that does not hold. */
const not = (type: string, message: string, reason = 'NotReady') => ({
  conditions: [{ type, status: 'False', reason, message }],
});

describe('a roll-out whose new machine', () => {
  test.each<[string, Given, string]>([
    ['is being made', {}, 'Provisioning'],
    [
      'waits for room in the quota, and is tried again',
      {
        openstackMachine: not(
          'InstanceReady',
          'Quota exceeded for cores.\nSee there.',
          'InstanceCreateFailed',
        ),
      },
      'Provisioning (Quota exceeded for cores)',
    ],
    [
      'has failed before, with an earlier template',
      { from: 'large-0', server: { instanceState: 'ERROR', ...not('InstanceReady', '') } },
      'Failed (Instance is in ERROR state)',
    ],
    [
      'is behind objects that may not be seen',
      { server: 'forbidden', machine: { phase: 'Provisioning', ...not('InfrastructureReady', 'not yet') } },
      'Provisioning (not yet)',
    ],
  ])('%s names it', async (_, given, words) => {
    await expect(follow(given)).rejects.toMatchObject({
      what: `The roll-out of ${group} has not come to its end: 0 of 1 machines are new; ${name} is ${words}.`,
    });
  });

  test.each<[string, Given, string]>([
    [
      'is refused by the cloud',
      { server: { instanceState: 'ERROR', ...not('InstanceReady', 'Quota exceeded for cores: 8 of 8.') } },
      'Quota exceeded for cores: 8 of 8',
    ],
    [
      'has no host, of which the provider says nothing',
      { server: { instanceState: 'ERROR', ...not('InstanceReady', '') } },
      'Instance is in ERROR state',
    ],
    [
      'is in ERROR, of a provider that says so on the machine',
      { openstackMachine: not('InstanceReady', 'No valid host was found.', 'InstanceStateError') },
      'No valid host was found',
    ],
    [
      'is given up by an older provider',
      { openstackMachine: { failureMessage: 'instance state ERROR is unexpected' } },
      'instance state ERROR is unexpected',
    ],
    [
      'is given up by an older Cluster API',
      { machine: { phase: 'Failed', failureMessage: 'No image.' } },
      'No image',
    ],
  ])('%s ends, and says why and what to do', async (_, given, why) => {
    const error = await follow(given).catch((thrown: unknown) => thrown as UserError);
    expect(error).toMatchObject({
      what: `The new machine ${name} of workers has failed: ${why}.`,
      where: 'namespace clusters, context capi-mgmt',
      fix: expect.stringMatching(
        /^No old machine goes .* delete machine training-workers-new` .*`hubwright nodes training flavor workers small` goes back\.$/,
      ) as string,
    });
  });
});
