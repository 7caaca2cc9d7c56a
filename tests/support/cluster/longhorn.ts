import type { KubeConfig, V1DaemonSet, V1Pod, V1StorageClass } from '@kubernetes/client-node';
import { CoreV1Api, CustomObjectsApi, StorageV1Api, loadYaml } from '@kubernetes/client-node';
import { FakeVolumes } from './fake-volumes.ts';
import { mergePatch } from './merge-patch.ts';
import { type Stop, forEach } from './watch.ts';

const settings = { group: 'longhorn.io', version: 'v1beta2', plural: 'settings' };
const flag = 'deleting-confirmation-flag';

/** Its CSI driver. */
export const longhornDriver = 'driver.longhorn.io';

/** Whether its parts run that delete volumes. */
export async function hasLonghorn(config: KubeConfig): Promise<boolean> {
  const { items } = await config.makeApiClient(StorageV1Api).listStorageClass();
  return items.some(({ provisioner }) => provisioner === longhornDriver);
}

/**
 * What Longhorn's manager does, for releases of tests/charts/mini/longhorn: once it runs there are its StorageClass
 * and its settings; and it refuses to be uninstalled while `deleting-confirmation-flag` is not true. PersistentVolumes are
 * made and deleted by the provisioner in fakes.ts, which deletes those of Longhorn only while that is there; what is in
 * them, and how it is saved, is in fake-volumes.ts.
 */
export function fakeLonghorn(config: KubeConfig): Stop {
  const volumes = new FakeVolumes(config);
  const stops = [
    () => volumes.stop(),
    forEach<V1DaemonSet>(config, '/apis/apps/v1/daemonsets', async ({ metadata, status }) => {
      if (metadata?.name !== 'longhorn-manager' || !status?.numberReady) return;
      await begin(config, metadata.namespace ?? '');
      volumes.begin(metadata.namespace ?? '');
    }),
    forEach<V1Pod>(config, '/api/v1/pods', async ({ metadata, status }) => {
      if (metadata?.labels?.['longhorn.test/asks'] !== flag || status?.phase !== 'Pending') return;
      await uninstall(config, volumes, metadata.namespace ?? '', metadata.name ?? '');
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

async function begin(config: KubeConfig, namespace: string): Promise<void> {
  const { data } = await config
    .makeApiClient(CoreV1Api)
    .readNamespacedConfigMap({ name: 'longhorn-storageclass', namespace });
  const storageClass = loadYaml<V1StorageClass>(data?.['storageclass.yaml'] ?? '');
  const setting = {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'Setting',
    metadata: { name: flag, namespace },
    value: 'false',
  };
  // Either may be there already.
  await Promise.allSettled([
    config.makeApiClient(StorageV1Api).createStorageClass({ body: storageClass }),
    config
      .makeApiClient(CustomObjectsApi)
      .createNamespacedCustomObject({ ...settings, namespace, body: setting }),
  ]);
}

async function uninstall(
  config: KubeConfig,
  volumes: FakeVolumes,
  namespace: string,
  pod: string,
): Promise<void> {
  const setting = (await config
    .makeApiClient(CustomObjectsApi)
    .getNamespacedCustomObject({ ...settings, namespace, name: flag })) as { value?: unknown };
  const confirmed = setting.value === 'true';
  if (confirmed) {
    await volumes.end();
    const api = config.makeApiClient(StorageV1Api);
    await api.deleteStorageClass({ name: 'longhorn' }).catch(() => 'gone already');
  }
  const status = confirmed
    ? { phase: 'Succeeded' }
    : { phase: 'Failed', message: `cannot uninstall Longhorn because ${flag} is set to false` };
  await config
    .makeApiClient(CoreV1Api)
    .patchNamespacedPodStatus({ name: pod, namespace, body: { status } }, mergePatch);
}
