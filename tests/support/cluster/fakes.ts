import type {
  KubeConfig,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Service,
} from '@kubernetes/client-node';
import { CoreV1Api } from '@kubernetes/client-node';
import { hasLonghorn, longhornDriver } from './longhorn.ts';
import { mergePatch } from './merge-patch.ts';
import { type Stop, forEach } from './watch.ts';

/** As external provisioners note it on volumes that are theirs to delete. */
const provisionedBy = 'pv.kubernetes.io/provisioned-by';
/** The controller manager asks for a volume with this annotation, once the claim's class exists. */
const askedFor = 'volume.kubernetes.io/storage-provisioner';

/**
 * A provisioner of every StorageClass: gives each claim a volume at once, and takes it away with the claim; one of
 * Longhorn only while Longhorn is there.
 */
export function fakeProvisioner(config: KubeConfig): Stop {
  const api = config.makeApiClient(CoreV1Api);
  const stops = [
    forEach<V1PersistentVolumeClaim>(config, '/api/v1/persistentvolumeclaims', async (claim) => {
      const provisioner = claim.metadata?.annotations?.[askedFor];
      if (claim.status?.phase !== 'Pending' || claim.spec?.volumeName || provisioner === undefined) return;
      await api.createPersistentVolume({ body: volumeFor(claim, provisioner) });
    }),
    forEach<V1PersistentVolume>(config, '/api/v1/persistentvolumes', async (volume) => {
      const { metadata, spec, status } = volume;
      const provisioner = metadata?.annotations?.[provisionedBy];
      if (provisioner === undefined || status?.phase !== 'Released') return;
      if (spec?.persistentVolumeReclaimPolicy !== 'Delete') return;
      if (provisioner === longhornDriver && !(await hasLonghorn(config))) return;
      await api.deletePersistentVolume({ name: metadata?.name ?? '' });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function volumeFor({ metadata, spec }: V1PersistentVolumeClaim, provisioner: string): V1PersistentVolume {
  const { name = '', namespace = '', uid = '' } = metadata ?? {};
  return {
    metadata: { name: `pvc-${uid}`, annotations: { [provisionedBy]: provisioner } },
    spec: {
      accessModes: spec?.accessModes ?? [],
      capacity: { storage: spec?.resources?.requests?.['storage'] ?? '1Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      storageClassName: spec?.storageClassName ?? '',
      persistentVolumeReclaimPolicy: 'Delete',
      ...(provisioner === longhornDriver
        ? { csi: { driver: provisioner, volumeHandle: `pvc-${uid}` } }
        : // Of a fake kubelet: no such folder is ever made.
          { hostPath: { path: `/nonexistent/${uid}` } }),
    },
  };
}

/**
 * The cloud: gives each Service of type LoadBalancer the address that it asks for (`loadBalancerIP`), or the next
 * of 203.0.113.0/24. One with a `loadBalancerClass` is another's business, and so never gets an address here. With the
 * annotation `hubwright.test/no-address` it gets none for as long as that is there.
 */
export function fakeLoadBalancer(config: KubeConfig): Stop {
  const api = config.makeApiClient(CoreV1Api);
  let last = 0;
  return forEach<V1Service>(config, '/api/v1/services', async ({ metadata, spec, status }) => {
    const { name = '', namespace = '' } = metadata ?? {};
    if (spec?.type !== 'LoadBalancer' || spec.loadBalancerClass || status?.loadBalancer?.ingress) return;
    if (metadata?.annotations?.['hubwright.test/no-address'] !== undefined) return;
    last = (last % 254) + 1;
    const ingress = [{ ip: spec.loadBalancerIP || `203.0.113.${last}` }];
    await api.patchNamespacedServiceStatus(
      { name, namespace, body: { status: { loadBalancer: { ingress } } } },
      mergePatch,
    );
  });
}
