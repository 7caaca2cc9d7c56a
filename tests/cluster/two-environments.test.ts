import { AppsV1Api, CoreV1Api, PolicyV1Api, SchedulingV1Api, StorageV1Api } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { partsOr, test } from '../support/cluster-test.ts';
import { type Cluster, startCluster, until } from '../support/cluster.ts';
import { miniChart } from '../support/helm.ts';
import { revisions } from './faults.ts';
import { onCluster } from './kit.ts';

/** Two environments of one file that share a cluster with Longhorn. */
const file = (name = 'course', memory = '1G'): string => `name: ${name}
defaults:
  auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 1 } } }
  charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, longhorn: { source: ${miniChart('longhorn')} } }
  materials: { nfs: { server: 192.0.2.20, path: /var/materials }, mountPath: /mnt/materials }
  profiles:
    standard:
      displayName: Python
      default: true
      image: example.org/scipy-notebook:1
      memory: { guarantee: ${memory}, limit: 2G }
      placeholders: 1
environments:
  training: { target: kubernetes, kubernetes: { context: admin, namespace: ${name}-training, release: ${name}-training } }
  dev: { target: kubernetes, kubernetes: { context: admin, namespace: ${name}-dev, release: ${name}-dev } }
`;

/** Names of everything in the cluster that two environments could quarrel about, with what tells one from its like. */
async function everything(cluster: Cluster, prefix: string): Promise<string[]> {
  const config = cluster.config();
  const [core, apps, classes, budgets] = [
    config.makeApiClient(CoreV1Api),
    config.makeApiClient(AppsV1Api),
    config.makeApiClient(SchedulingV1Api),
    config.makeApiClient(PolicyV1Api),
  ];
  const lists = await Promise.all([
    core.listPersistentVolume(),
    classes.listPriorityClass(),
    apps.listNamespacedDeployment({ namespace: prefix }),
    apps.listNamespacedDaemonSet({ namespace: prefix }),
    core.listNamespacedPersistentVolumeClaim({ namespace: prefix }),
    core.listNamespacedService({ namespace: prefix }),
    core.listNamespacedPod({ namespace: prefix }),
    budgets.listNamespacedPodDisruptionBudget({ namespace: prefix }),
  ]);
  return lists
    .flatMap(({ items }) => items as { metadata?: { name?: string; uid?: string; namespace?: string } }[])
    .filter(({ metadata }) => metadata?.namespace === prefix || metadata?.name?.startsWith(prefix))
    .map(({ metadata }) => `${metadata?.name} ${metadata?.uid}`)
    .toSorted();
}

const deploy = (name: string): string[] => ['deploy', name, '--no-verify'];
const destroy = (name: string, ...flags: string[]): string[] => [
  'destroy',
  name,
  '--yes-destroy',
  name,
  '--no-save',
  ...flags,
];

test('two environments share a cluster, and neither touches what is the other’s', async ({ skip, helm3 }) => {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  await onCluster(file(), { cluster, helm: helm3 }, async (box, env) => {
    await box.must(deploy('training'), { env });
    expect(await box.must(['plan', 'dev'], { env })).toContain(
      'Longhorn is shared with training (course-training)',
    );
    const plan = await box.must(['plan', 'dev'], { env });
    expect(plan.split('To know')[0]).not.toContain('Longhorn');
    const first = await everything(cluster, 'course-training');

    await box.must(deploy('dev'), { env });
    expect(await everything(cluster, 'course-training')).toEqual(first);
    for (const name of ['training', 'dev'])
      expect(await box.must(['plan', name], { env })).toContain('Nothing to do');
    expect(await revisions(cluster, 'longhorn-system', 'longhorn')).toHaveLength(1);

    // Another file, by people who know nothing of this one, with an environment of the same name.
    await box.write('other/hub.yaml', file('other'));
    const other = { env, cwd: `${box.folder}/other` };
    await box.must(['charts', 'lock'], other);
    const theirs = await box.must(['plan', 'training'], other);
    expect(theirs.split('To know')[0]).not.toContain('Longhorn');
    await box.must(deploy('training'), other);
    expect(await everything(cluster, 'course-training')).toEqual(first);
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

    await box.must(destroy('dev'), { env });
    expect(await everything(cluster, 'course-training')).toEqual(first);
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

    // The homes of dev, and the other file's training, still need Longhorn.
    const kept = await box.run(destroy('training', '--with-cluster-systems'), { env });
    expect(kept.stderr).toMatch(/Longhorn stays: it is used by .*training/);
    const storage = cluster.config().makeApiClient(StorageV1Api);
    expect((await storage.readStorageClass({ name: 'longhorn' })).provisioner).toBe('driver.longhorn.io');
    expect(await box.must(['plan', 'training'], other)).toContain('Nothing to do');

    for (const name of ['training', 'dev']) await box.must(destroy(name, '--with-homes'), { env });
    const last = await box.run(destroy('training', '--with-homes', '--with-cluster-systems'), other);
    expect(last.stderr).toContain('removing Longhorn deletes every volume in the cluster');
    expect(last.exitCode, last.stderr).toBe(0);
    expect(await revisions(cluster, 'longhorn-system', 'longhorn')).toEqual([]);
    const core = cluster.config().makeApiClient(CoreV1Api);
    expect((await core.listPersistentVolume()).items).toEqual([]);
  });
});

test('Longhorn goes with the last volume, and not while a hub that somebody else made has one', async ({
  skip,
  helm3,
}) => {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  await onCluster(file(), { cluster, helm: helm3 }, async (box, env) => {
    await box.must(deploy('training'), { env });
    const core = cluster.config().makeApiClient(CoreV1Api);
    // As the playbook left it: no label of ours anywhere.
    await core.createNamespace({ body: { metadata: { name: 'old-hub' } } });
    await claimHome(cluster, 'old-hub', 'claim-somebody');
    await claimHome(cluster, 'course-training', 'claim-trainee-1');
    expect(await box.must(['plan', 'training'], { env })).toContain(
      'Longhorn is shared with 1 volume of namespace old-hub',
    );
    const all = destroy('training', '--with-homes', '--with-cluster-systems');

    const kept = await box.run(all, { env });
    expect(kept.exitCode, kept.stderr).toBe(0);
    expect(kept.stderr).toContain('Longhorn stays: it is used by 1 volume of namespace old-hub');
    expect(await volumesOfLonghorn(cluster)).toEqual(['old-hub/claim-somebody']);
    expect(await revisions(cluster, 'longhorn-system', 'longhorn')).toHaveLength(1);

    await core.deleteNamespacedPersistentVolumeClaim({ namespace: 'old-hub', name: 'claim-somebody' });
    await until('the old volume is gone', async () => (await volumesOfLonghorn(cluster)).length === 0);
    await box.must(deploy('training'), { env });
    await claimHome(cluster, 'course-training', 'claim-trainee-1');
    await box.must(all, { env });
    expect(await volumesOfLonghorn(cluster)).toEqual([]);
    expect(await revisions(cluster, 'longhorn-system', 'longhorn')).toEqual([]);
  });
});

/** A home on Longhorn as KubeSpawner makes it, with its volume. */
async function claimHome(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const labels = { app: 'jupyterhub', component: 'singleuser-storage' };
  const core = cluster.config().makeApiClient(CoreV1Api);
  await core.createNamespacedPersistentVolumeClaim({
    namespace,
    body: {
      metadata: { name, labels },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'longhorn',
        resources: { requests: { storage: '10Gi' } },
      },
    },
  });
  await until(`${name} has its volume`, async () =>
    (await volumesOfLonghorn(cluster)).includes(`${namespace}/${name}`),
  );
}

/** By their claims. */
async function volumesOfLonghorn(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.config().makeApiClient(CoreV1Api).listPersistentVolume();
  return items
    .filter(({ spec }) => spec?.csi?.driver === 'driver.longhorn.io')
    .map(({ spec }) => `${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`);
}
