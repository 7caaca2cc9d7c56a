import type { Environment } from '../../config/schema/environment.ts';
import { fingerprint } from '../fingerprint.ts';
import { ownLabels } from './labels.ts';
import type { System } from './system.ts';

/** Names of the volume and of the claim on it. */
interface MaterialsVolume {
  /** A PersistentVolume belongs to the whole cluster, so its name begins with the namespace. */
  readonly volume: string;
  readonly claim: string;
}

/**
 * With a hard mount, the default, a server whose materials are on a dead NFS server hangs and cannot even be stopped. A
 * soft one gives up after three minutes (the kernel's defaults for TCP), and as nothing is written nothing can be lost.
 */
const mountOptions = ['ro', 'soft', 'nosuid', 'nodev'];

/**
 * What the materials' volume is called; undefined where the environment has none.
 *
 * What a volume leads to can never be changed, so another server or path is another volume with another name, and
 * servers that run keep the one that they have. See docs/decisions/0005-materials-volume.md.
 */
export function materialsVolume(environment: Environment): MaterialsVolume | undefined {
  const nfs = environment.materials?.nfs;
  const namespace = environment.kubernetes?.namespace;
  if (nfs === undefined || namespace === undefined) return undefined;
  const claim = `materials-${fingerprint([nfs, mountOptions])}`;
  return { volume: `${namespace}-${claim}`, claim };
}

/** The training materials: an NFS volume that every server of the environment mounts read-only. */
export function materials(environment: Environment): System | undefined {
  const nfs = environment.materials?.nfs;
  const namespace = environment.kubernetes?.namespace;
  const names = materialsVolume(environment);
  if (nfs === undefined || namespace === undefined || names === undefined) return undefined;
  const labels = ownLabels(environment, 'materials', 'environment');
  const accessModes = ['ReadOnlyMany'];
  return {
    id: 'materials',
    title: 'Training materials',
    scope: 'environment',
    needs: [],
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: names.volume, labels },
        spec: {
          accessModes,
          capacity: { storage: nfs.capacity },
          // Reserved: no other claim can take it.
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: names.claim, namespace },
          mountOptions,
          nfs: { server: nfs.server, path: nfs.path, readOnly: true },
          persistentVolumeReclaimPolicy: 'Retain',
        },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: names.claim, namespace, labels },
        spec: {
          accessModes,
          resources: { requests: { storage: nfs.capacity } },
          // Of no class: none is to make a volume for it.
          storageClassName: '',
          volumeName: names.volume,
        },
      },
    ],
  };
}
