import { CoreV1Api } from '@kubernetes/client-node';
import type { ClusterClient } from '../support/cluster.ts';
import { helm, miniChartOf } from '../support/helm.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { secretOf } from './faults.ts';
import { atWork } from './kit.ts';
import { playbookValues } from './playbook-values.ts';

export interface Played {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  readonly helm3: string;
}

/** What the playbook and a lesson have left in the cluster; the chart made its tokens up. */
export async function play({ cluster, namespace, helm3 }: Played, box: Sandbox): Promise<string> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'training-materials', namespace };
  const capacity = { storage: '1Ti' };
  await core.createPersistentVolume({
    body: {
      metadata: { name: `training-materials-${namespace}` },
      spec: {
        capacity,
        accessModes: ['ReadOnlyMany'],
        claimRef,
        nfs: { server: '192.0.2.20', path: '/var/training-materials' },
      },
    },
  });
  await core.createNamespacedPersistentVolumeClaim({
    namespace,
    body: {
      metadata: { name: 'training-materials' },
      spec: { accessModes: ['ReadOnlyMany'], storageClassName: '', resources: { requests: capacity } },
    },
  });
  const chart = await miniChartOf('jupyterhub', '4.2.0', box.folder);
  const config = await box.write('config.yaml', JSON.stringify(playbookValues));
  await helm(helm3, cluster.kubeconfig, [
    'upgrade',
    '--install',
    namespace,
    chart,
    '-n',
    namespace,
    '-f',
    config,
  ]);
  const image = 'quay.io/jupyter/scipy-notebook:2026-10-01';
  for (const user of ['trainee-1', 'trainee-2']) await atWork({ cluster, namespace }, user, image);
  return chart;
}

/** Everything that has to be the same afterwards. */
export async function kept({ cluster, namespace }: Played): Promise<object> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const [claims, pods, volume, service, hub] = await Promise.all([
    core.listNamespacedPersistentVolumeClaim({ namespace }),
    core.listNamespacedPod({ namespace, labelSelector: 'component=singleuser-server' }),
    core.readPersistentVolume({ name: `training-materials-${namespace}` }),
    core.readNamespacedService({ name: 'proxy-public', namespace }),
    secretOf(cluster, namespace, 'hub'),
  ]);
  return {
    claims: claims.items
      .filter(({ metadata }) => !metadata?.name?.startsWith('materials-'))
      .map(({ metadata }) => [metadata?.name, metadata?.uid]),
    servers: pods.items.map(({ metadata, status }) => [metadata?.uid, status?.phase]),
    volume: [volume.metadata?.uid, volume.spec?.claimRef?.name],
    service: [service.metadata?.uid, service.spec?.clusterIP, service.status?.loadBalancer?.ingress?.[0]?.ip],
    port: service.spec?.ports?.find(({ port }) => port === 80)?.nodePort,
    tokens: Object.entries(hub).filter(([key]) => /auth_token|cookie_secret|CryptKeeper/.test(key)),
  };
}
