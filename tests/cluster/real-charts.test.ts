import { type TestContext, afterAll, describe, expect } from 'vitest';
import { backupObject, snapshotObject, volumeObject } from '../../src/adapters/cluster/longhorn/objects.ts';
import { draftOf } from '../../src/adapters/cluster/longhorn/record.ts';
import type { Volume } from '../../src/adapters/cluster/longhorn/shapes.ts';
import { inNamespace, refOf } from '../../src/adapters/cluster/namespaced.ts';
import { connectKubernetes } from '../../src/adapters/kubernetes/client.ts';
import { waitReady } from '../../src/adapters/kubernetes/wait.ts';
import type { Environment } from '../../src/config/schema/environment.ts';
import { withSecrets } from '../../src/config/values.ts';
import { UserError } from '../../src/errors.ts';
import type { KubernetesObject, System, SystemId } from '../../src/platform/kubernetes/system.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { partsOr, test } from '../support/cluster-test.ts';
import { renderReal, standIn } from '../support/real-charts.ts';
import { realSystems } from '../charts/releases.ts';
import { goldenEnvironments } from '../unit/platform/kubernetes/environments.ts';

// Charts bring kinds of their own, which stay: hence a cluster of this file's own.
let own: Promise<Cluster> | undefined;
const clusterOf = (skip: TestContext['skip']): Promise<Cluster> =>
  (own ??= partsOr(skip, 'kubernetes', 'etcd', 'kwok').then((parts) => startCluster(parts, { nodes: 1 })));
afterAll(async () => (await own)?.stop());

/** The golden environments that have one of these systems, with what they have of them. */
async function golden(...ids: readonly SystemId[]): Promise<[name: string, systems: readonly System[]][]> {
  const all = Object.entries(goldenEnvironments()).map(async ([name, environment]) => {
    const systems = (await realSystems(environment)).filter(({ id }) => ids.includes(id));
    return [name, systems] as [string, readonly System[]];
  });
  return (await Promise.all(all)).filter(([, systems]) => systems.length > 0);
}

const longhorns = await golden('longhorn');
const hubs = await golden('jupyterhub', 'materials', 'placeholders');
const watched = await golden('monitoring', 'metrics');

/** Everything that a deploy sends for the system: objects of our own, and what the real chart gives. */
async function sent(system: System, major: 3 | 4, skip: TestContext['skip']): Promise<KubernetesObject[]> {
  const objects = system.objects.map((object) => withSecrets(object, standIn) as KubernetesObject);
  const { release } = system;
  if (release === undefined) return objects;
  const rendered = await renderReal(release, { major, skip, kubeVersion: 'v1.36.0' });
  return [...objects, ...rendered.map((object) => inNamespace(object, release.namespace))];
}

/** Applies each without keeping it, but for what others stand on. @returns what the API server says against them. */
async function refusals(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<string[]> {
  const api = await connectKubernetes({ context: 'admin', kubeconfig: cluster.kubeconfig, env: {} });
  try {
    const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    for (const name of namespaces)
      await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { force: true });
    const kinds = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    await Promise.all(kinds.map((object) => api.apply(object, { force: true })));
    await waitReady(api, kinds.map(refOf), { timeoutSeconds: 60, report: () => undefined });
    const answers = objects.map((object) =>
      api.apply(object, { force: true, dryRun: true }).then(
        () => [],
        (error: unknown) => [
          `${object.kind} ${object.metadata.name}: ${error instanceof UserError ? `${error.what} ${error.details}` : String(error)}`,
        ],
      ),
    );
    return (await Promise.all(answers)).flat();
  } finally {
    api.close();
  }
}

async function taken(
  systems: readonly System[],
  major: 3 | 4,
  skip: TestContext['skip'],
): Promise<readonly KubernetesObject[]> {
  const objects = (await Promise.all(systems.map((system) => sent(system, major, skip)))).flat();
  expect(await refusals(await clusterOf(skip), objects)).toEqual([]);
  return objects;
}

/** As longhorn-manager 1.11 leaves a volume of a home (`kubectl get -o yaml volumes.longhorn.io`). */
const homeVolume = {
  metadata: { name: 'pvc-1', labels: { longhornvolume: 'pvc-1' } },
  spec: {
    Standby: false,
    accessMode: 'rwo',
    backingImage: '',
    backupBlockSize: '2097152',
    backupCompressionMethod: 'lz4',
    backupTargetName: 'default',
    cloneMode: '',
    dataEngine: 'v1',
    dataLocality: 'disabled',
    dataSource: '',
    disableFrontend: false,
    diskSelector: [],
    encrypted: false,
    freezeFilesystemForSnapshot: 'ignored',
    fromBackup: '',
    frontend: 'blockdev',
    image: 'longhornio/longhorn-engine:v1.11.2',
    lastAttachedBy: '',
    migratable: false,
    migrationNodeID: '',
    nodeID: 'worker-1',
    nodeSelector: [],
    numberOfReplicas: 3,
    offlineRebuilding: 'ignored',
    replicaAutoBalance: 'ignored',
    replicaDiskSoftAntiAffinity: 'ignored',
    replicaRebuildingBandwidthLimit: 0,
    replicaSoftAntiAffinity: 'ignored',
    replicaZoneSoftAntiAffinity: 'ignored',
    restoreVolumeRecurringJob: 'ignored',
    revisionCounterDisabled: true,
    size: '10737418240',
    snapshotDataIntegrity: 'ignored',
    snapshotMaxCount: 250,
    snapshotMaxSize: '0',
    staleReplicaTimeout: 30,
    unmapMarkSnapChainRemoved: 'ignored',
  },
} as unknown as Volume;

for (const major of [3, 4] as const) {
  describe(`the API server takes everything that Helm ${major} makes of`, () => {
    for (const [name, systems] of longhorns) {
      test(`the real Longhorn for ${name}`, async ({ skip }) => {
        expect((await taken(systems, major, skip)).length).toBeGreaterThan(30);
      });
    }

    test('a reinstall of the real Longhorn, before and after', async ({ skip }) => {
      const [[, systems] = ['', []]] = longhorns;
      await taken(systems, major, skip);
      const kept = {
        ...draftOf(homeVolume, 'run'),
        labels: { 'recurring-job.longhorn.io/nightly': 'enabled' },
      };
      const objects = [
        snapshotObject('longhorn-system', kept),
        backupObject('longhorn-system', kept, 'training'),
        volumeObject('longhorn-system', kept, 's3://backups@eu/?backup=b&volume=pvc-1'),
      ];
      expect(await refusals(await clusterOf(skip), objects)).toEqual([]);
    });

    for (const [name, systems] of hubs) {
      test(`the real JupyterHub for ${name}`, async ({ skip }) => {
        expect((await taken(systems, major, skip)).length).toBeGreaterThan(15);
      });
    }

    for (const [name, systems] of watched) {
      test(`the real monitoring for ${name}`, async ({ skip }) => {
        // Where the stack is somebody else's, its kinds are there all the same.
        const all = await realSystems(goldenEnvironments()['monitored'] as Environment);
        const stack = all.find(({ id }) => id === 'monitoring') as System;
        const kinds = (await sent(stack, major, skip)).filter(
          ({ kind }) => kind === 'CustomResourceDefinition',
        );
        expect(await refusals(await clusterOf(skip), kinds)).toEqual([]);
        expect((await taken(systems, major, skip)).length).toBeGreaterThan(3);
      });
    }
  });
}
