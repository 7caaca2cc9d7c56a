import type { KubernetesObject } from '../../../platform/kubernetes/system.ts';
import type { KeptVolume } from './record.ts';
import { longhornRef } from './shapes.ts';

/** What a reinstall sends to Longhorn. */

export function snapshotObject(namespace: string, { name, snapshot }: KeptVolume): KubernetesObject {
  return { ...named('Snapshot', namespace, snapshot), spec: { volume: name, createSnapshot: true } };
}

/** @param environment for whom it was made: people read it in Longhorn's page. */
export function backupObject(
  namespace: string,
  { name, snapshot, backup, target }: KeptVolume,
  environment: string,
): KubernetesObject {
  return {
    ...named('Backup', namespace, backup, { 'backup-volume': name, 'backup-target': target }),
    spec: { snapshotName: snapshot, labels: { 'hubwright-reinstall': environment } },
  };
}

/** Under its old name, so that the PersistentVolume that names it finds it again. */
export function volumeObject(
  namespace: string,
  { name, labels, spec }: KeptVolume,
  url: string,
): KubernetesObject {
  return { ...named('Volume', namespace, name, labels), spec: { ...spec, fromBackup: url } };
}

function named(
  of: Parameters<typeof longhornRef>[0],
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'> {
  const { apiVersion, kind } = longhornRef(of, namespace, name);
  return { apiVersion, kind, metadata: { name, namespace, labels } };
}
