import { CoreV1Api } from '@kubernetes/client-node';
import type { TestContext } from 'vitest';
import { partsOr } from '../support/cluster-test.ts';
import { type Cluster, type ClusterClient, startCluster, until } from '../support/cluster.ts';
import { contentKey } from '../support/cluster/fake-volumes.ts';
import { LonghornObjects } from '../support/cluster/longhorn-objects.ts';
import { miniChart } from '../support/helm.ts';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import type { ClusterEnv } from './kit.ts';

/** An environment whose homes and hub are on the miniature of Longhorn, in a cluster of its own. */
export interface Stored {
  readonly cluster: Cluster;
  readonly objects: LonghornObjects;
  readonly box: Sandbox;
  readonly env: ClusterEnv;
}

export const namespace = 'hub';

export async function withLonghorn(
  { skip, helm }: { readonly skip: TestContext['skip']; readonly helm: string },
  work: (stored: Stored) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  const box = sandbox();
  const env = { KUBECONFIG: cluster.kubeconfig, HUBWRIGHT_HELM: helm };
  try {
    await box.write('hub.yaml', file());
    await box.must(['charts', 'lock'], { env });
    await box.must(['deploy', 'training', '--no-verify'], { env });
    await work({ cluster, objects: new LonghornObjects(cluster.config()), box, env });
  } finally {
    await box.close();
    await cluster.stop();
  }
}

export function file(): string {
  return `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}, release: ${namespace} }
    auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 3 } } }
    charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, longhorn: { source: ${miniChart('longhorn')} } }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/scipy-notebook:1, memory: { limit: 2G } }
`;
}

/** Where Longhorn saves: set in its own page, which no chart knows of. */
export async function saveTo(objects: LonghornObjects, url: string): Promise<void> {
  await until(
    'the default backup target',
    async () => (await objects.get('backuptargets', 'default')) !== undefined,
  );
  await objects.patch('backuptargets', 'default', { spec: { backupTargetURL: url } });
  await until('Longhorn has looked at it', async () => {
    const found = await objects.get('backuptargets', 'default');
    const told: string | undefined = found?.status?.conditions[0]?.message;
    return url.includes('unreachable') ? told?.includes(url) === true : found?.status?.available === true;
  });
}

/** A home with something in it, and a server that has it, if asked. */
export async function home(
  cluster: ClusterClient,
  user: string,
  { at = namespace, server: isRunning = false }: { readonly at?: string; readonly server?: boolean } = {},
): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const annotations = { 'hub.jupyter.org/username': user };
  const claim = `claim-${user}`;
  await core.createNamespacedPersistentVolumeClaim({
    namespace: at,
    body: {
      metadata: { name: claim, labels: { component: 'singleuser-storage' }, annotations },
      spec: {
        storageClassName: 'longhorn',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '10Gi' } },
      },
    },
  });
  if (isRunning) await server(cluster, user, at);
}

/** That has the home of its user. */
export async function server(cluster: ClusterClient, user: string, at = namespace): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  await core.createNamespacedPod({
    namespace: at,
    body: {
      metadata: {
        name: `jupyter-${user}`,
        labels: { app: 'jupyterhub', component: 'singleuser-server' },
        annotations: { 'hub.jupyter.org/username': user },
      },
      spec: {
        containers: [{ name: 'notebook', image: 'example.org/scipy-notebook:1' }],
        volumes: [{ name: 'home', persistentVolumeClaim: { claimName: `claim-${user}` } }],
      },
    },
  });
}

/** What is in each volume, by its claim. The claim has to be bound to a volume of Longhorn's that is there. */
export async function contents(
  { cluster, objects }: { readonly cluster: ClusterClient; readonly objects: LonghornObjects },
  count: number,
): Promise<Readonly<Record<string, string>>> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  let found: Record<string, string> = {};
  await until(`${count} claims have a volume with something in it`, async () => {
    const { items } = await core.listPersistentVolume();
    const volumes = new Map((await objects.list('volumes')).map((one) => [one.metadata.name, one]));
    const entries = items.flatMap(({ spec, status }) => {
      const content = volumes.get(spec?.csi?.volumeHandle)?.metadata.annotations?.[contentKey];
      if (status?.phase !== 'Bound' || content === undefined) return [];
      return [
        [`${spec?.claimRef?.namespace}/${spec?.claimRef?.name} ${spec?.claimRef?.uid}`, content as string],
      ];
    });
    found = Object.fromEntries(entries);
    return entries.length === count;
  });
  return found;
}
