import { describe, expect, test } from 'vitest';
import type { ClusterContext } from '../../../src/adapters/cluster/context.ts';
import { examineCluster } from '../../../src/adapters/cluster/health.ts';
import type { KubernetesApi, ListQuery } from '../../../src/adapters/kubernetes/api.ts';
import { longhornSystem, training } from '../plan/kubernetes/observed.ts';

interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly ageSeconds?: number;
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly uid?: string;
  readonly [more: string]: unknown;
}

/** What is found in a cluster with these in it, whose clock is an hour ahead. */
function examine(...things: Thing[]) {
  const now = Date.now() + 3_600_000;
  const list = async ({ kind, namespace, fieldSelector }: ListQuery) =>
    things
      .filter((thing) => thing.kind === kind && (namespace === undefined || thing.namespace === namespace))
      .filter(({ uid }) => fieldSelector === undefined || fieldSelector === `involvedObject.uid=${uid}`)
      // As in a real list, which does not say of what kind each is.
      .map(({ kind: _kind, name, namespace: its, ageSeconds = 3600, metadata, ...parts }) => ({
        ...parts,
        metadata: {
          name,
          uid: name,
          namespace: its,
          creationTimestamp: new Date(now - ageSeconds * 1000).toISOString(),
          ...metadata,
        },
      })) as never[];
  const api: Partial<KubernetesApi> = { list, listMetadata: list, clockAhead: () => 3_600_000 };
  const context: Partial<ClusterContext> = {
    environment: training(),
    namespace: 'jupyterhub',
    api: async () => api as KubernetesApi,
  };
  const monitoring = { ...longhornSystem, id: 'monitoring' as const };
  const stack = { ...monitoring, release: { ...longhornSystem.release!, namespace: 'monitoring' } };
  return examineCluster(context as ClusterContext, [longhornSystem, stack]);
}

const namespace = 'jupyterhub';

function home(phase: string, of: Partial<Thing> = {}): Thing {
  return {
    kind: 'PersistentVolumeClaim',
    name: 'claim-a',
    namespace,
    metadata: {
      labels: { component: 'singleuser-storage' },
      annotations: { 'hub.jupyter.org/username': 'a' },
    },
    spec: { storageClassName: 'longhorn' },
    status: { phase },
    ...of,
  };
}

const whys = (found: Awaited<ReturnType<typeof examine>>) =>
  found.faults.map(({ kind, owner, why }) => [kind, owner, why]);

describe('homes', () => {
  test('that wait for their volume are told with the reason', async () => {
    const event = {
      kind: 'Event',
      name: 'e',
      namespace,
      uid: 'claim-a',
      reason: 'ProvisioningFailed',
      message: 'no disk has room',
    };
    expect(whys(await examine(home('Pending'), event))).toEqual([
      ['home', 'a', 'no volume yet; no volume is made: no disk has room'],
    ]);
  });

  test('that have lost it are told', async () => {
    expect(whys(await examine(home('Lost')))).toEqual([['home', 'a', 'the volume that it had is gone']]);
  });

  test.each<[string, Thing[]]>([
    ['have one', [home('Bound')]],
    ['are new', [home('Pending', { ageSeconds: 10 })]],
    [
      'get one when a server uses them',
      [
        home('Pending'),
        { kind: 'StorageClass', name: 'longhorn', volumeBindingMode: 'WaitForFirstConsumer' },
      ],
    ],
    ['are claims of somebody else', [home('Pending', { metadata: {} })]],
  ])('that %s are not', async (_, things) => {
    expect(whys(await examine(...things))).toEqual([]);
  });
});

describe('the StorageClass of homes', () => {
  test('is looked for', async () => {
    expect((await examine()).homesClass).toBe(false);
    expect((await examine({ kind: 'StorageClass', name: 'longhorn' })).homesClass).toBe(true);
  });
});

describe('servers', () => {
  const pod = (of: Partial<Thing>): Thing => ({
    kind: 'Pod',
    name: 'jupyter-a',
    namespace,
    metadata: { annotations: { 'hub.jupyter.org/username': 'a' } },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
    },
    ...of,
  });

  test('that have not started for long are told with the reason', async () => {
    expect(whys(await examine(pod({ ageSeconds: 301 })))).toEqual([
      ['server', 'a', 'Pending; no node fits: 0/3 nodes are available'],
    ]);
  });

  test.each<[string, Partial<Thing>]>([
    ['are new', { ageSeconds: 290 }],
    ['run', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }],
  ])('that %s are not', async (_, of) => {
    expect(whys(await examine(pod(of)))).toEqual([]);
  });
});

test('load balancers without an address are told, Longhorn’s too', async () => {
  const service = (name: string, where: string, spec: object, status = {}): Thing => ({
    kind: 'Service',
    name,
    namespace: where,
    spec,
    status,
  });
  const balancer = { type: 'LoadBalancer' };
  const address = { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } };
  const { faults } = await examine(
    service('proxy-public', namespace, balancer),
    service('mine', namespace, balancer, address),
    service('hub', namespace, { type: 'ClusterIP' }),
    service('longhorn-frontend', 'longhorn-system', balancer),
    service('else', 'default', balancer),
  );
  expect(faults.map(({ ref, why }) => [ref.kind, ref.name, why])).toEqual([
    ['Service', 'proxy-public', 'no address yet'],
    ['Service', 'longhorn-frontend', 'no address yet'],
  ]);
});

test('parts of Longhorn that are not ready are told', async () => {
  const part = (name: string, numberAvailable: number, where = 'longhorn-system'): Thing => ({
    kind: 'DaemonSet',
    name,
    namespace: where,
    status: { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable },
  });
  const { faults } = await examine(
    part('longhorn-manager', 3),
    part('longhorn-csi-plugin', 1),
    part('image-puller', 0, namespace),
  );
  expect(faults.map(({ ref, why }) => [ref.kind, ref.name, why])).toEqual([
    ['DaemonSet', 'longhorn-csi-plugin', '1 of 3 pods ready'],
  ]);
});

test('parts of the hub that are not ready are told with what they say of themselves, placeholders are not', async () => {
  const conditions = [
    { type: 'Available', status: 'False', message: 'no minimum' },
    { type: 'Progressing', status: 'True' },
  ];
  const part = (name: string, labels = {}): Thing => ({
    kind: 'Deployment',
    name,
    namespace,
    metadata: { labels },
    spec: { replicas: 1 },
    status: { conditions },
  });
  const { faults } = await examine(
    part('hub'),
    part('placeholder-large', { 'hubwright/system': 'placeholders' }),
  );
  expect(faults).toMatchObject([{ kind: 'part', ref: { name: 'hub' }, conditions: [conditions[0]] }]);
});

test('of the monitoring what the operator says is told', async () => {
  const prometheus = (name: string, status: string): Thing => ({
    kind: 'Prometheus',
    name,
    namespace: 'monitoring',
    status: { conditions: [{ type: 'Available', status, message: 'its pod is pending' }] },
  });
  expect(whys(await examine(prometheus('good', 'True'), prometheus('bad', 'False')))).toEqual([
    ['recording', undefined, 'its pod is pending'],
  ]);
});
