import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig, type V1PersistentVolume } from '@kubernetes/client-node';
import { LonghornObjects, type Loose } from './longhorn-objects.ts';

/** What stands in a volume, where a test can see and change it. */
export const contentKey = 'hubwright.test/content';
/** On a Volume: its backups fail, and say so. */
export const failsKey = 'hubwright.test/backup-fails';
/** On a PersistentVolume: it has had its volume; if that is gone now, it is lost. */
const madeKey = 'hubwright.test/made';

interface Saved {
  readonly backup: string;
  readonly volume: string;
  readonly size: string;
  readonly content: string;
}

/**
 * Plays what longhorn-manager does with volumes (controller/volume_controller.go, snapshot_, backup_, backup_target_controller.go):
 * a Volume for each PersistentVolume that is provisioned, attached while a pod has it; snapshots, and backups into a backup
 * store that is outside of the cluster, so that it outlives an uninstall; after it is installed again the backups are found
 * there, and a Volume with `spec.fromBackup` gets its content from one.
 */
export class FakeVolumes {
  readonly #config: KubeConfig;
  /** By address of the backup target. */
  readonly #stores = new Map<string, Saved[]>();
  #objects: LonghornObjects | undefined;
  #stopped = false;

  constructor(config: KubeConfig) {
    this.#config = config;
    void this.#loop();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The manager runs, in that namespace. */
  begin(namespace: string): void {
    this.#objects ??= new LonghornObjects(this.#config, namespace);
  }

  /**
   * As controller/uninstall_controller.go does: volumes and snapshots go; backup targets are emptied before they go, so that
   * nothing in the store is deleted. PersistentVolumes and claims it does not touch.
   */
  async end(): Promise<void> {
    const objects = this.#objects;
    this.#objects = undefined;
    if (objects === undefined) return;
    for (const kind of ['volumes', 'snapshots', 'backups', 'backupvolumes', 'backuptargets', 'recurringjobs'])
      for (const { metadata } of await objects.list(kind)) await objects.delete(kind, metadata.name);
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const objects = this.#objects;
      // Somebody changes an object meanwhile, or all of it goes: the next round sees it.
      if (objects !== undefined) await this.#round(objects).catch(() => undefined);
      await sleep(200);
    }
  }

  async #round(objects: LonghornObjects): Promise<void> {
    const target = await this.#target(objects);
    await this.#provision(objects);
    const backups = await objects.list('backups');
    const saving = new Set(
      backups.flatMap(({ metadata, status }) =>
        status?.state === 'InProgress' ? [metadata.labels?.['backup-volume']] : [],
      ),
    );
    for (const volume of await objects.list('volumes'))
      await this.#volume(objects, volume, saving.has(volume.metadata.name));
    for (const snapshot of await objects.list('snapshots')) await this.#snapshot(objects, snapshot);
    for (const backup of await objects.list('backups')) await this.#backup(objects, backup, target);
  }

  /** The default one, as the chart's ConfigMap has it or as somebody has set it. @returns its address. */
  async #target(objects: LonghornObjects): Promise<string | undefined> {
    const found = await objects.get('backuptargets', 'default');
    if (found === undefined) {
      const spec = { backupTargetURL: await objects.defaultTarget(), credentialSecret: '' };
      await objects.create('backuptargets', 'BackupTarget', { metadata: { name: 'default' }, spec });
      return undefined;
    }
    const { backupTargetURL: url = '' } = found.spec;
    const available = url !== '' && !url.includes('unreachable');
    const message = available ? '' : `cannot find ${url || 'an address'}`;
    const conditions = [{ type: 'Unavailable', status: available ? 'False' : 'True', message }];
    if (found.status?.available !== available || found.status.conditions[0].message !== message)
      await objects.setStatus('backuptargets', 'default', { available, conditions });
    if (!available) return undefined;
    for (const { backup, volume } of this.#stores.get(url) ?? [])
      await objects
        .create('backups', 'Backup', {
          metadata: { name: backup, labels: { 'backup-target': 'default', 'backup-volume': volume } },
          spec: {},
        })
        .catch(() => 'it is there already');
    return url;
  }

  /** As the CSI plugin does for a claim, once. */
  async #provision(objects: LonghornObjects): Promise<void> {
    const core = this.#config.makeApiClient(CoreV1Api);
    const volumes = (await core.listPersistentVolume()).items.filter(
      ({ spec }) => spec?.csi?.driver === 'driver.longhorn.io',
    );
    const handles = new Set(volumes.map(({ spec }) => spec?.csi?.volumeHandle));
    for (const pv of volumes)
      if (pv.metadata?.annotations?.[madeKey] === undefined) await this.#make(objects, pv);
    for (const { metadata, spec } of await objects.list('volumes'))
      if (!handles.has(metadata.name) && !spec.fromBackup) await objects.delete('volumes', metadata.name);
  }

  async #make(objects: LonghornObjects, pv: V1PersistentVolume): Promise<void> {
    const annotations = { [contentKey]: randomBytes(8).toString('hex') };
    const gibibytes = Number(/^(\d+)Gi$/.exec(pv.spec?.capacity?.['storage'] ?? '')?.[1] ?? 1);
    await objects.create('volumes', 'Volume', {
      metadata: { name: pv.spec?.csi?.volumeHandle, annotations },
      spec: {
        size: String(gibibytes * 1024 ** 3),
        frontend: 'blockdev',
        accessMode: 'rwo',
        numberOfReplicas: 3,
        dataEngine: 'v1',
        backupTargetName: 'default',
        fromBackup: '',
        nodeID: '',
      },
    });
    await objects.markMade(pv, madeKey);
  }

  /**
   * Attached while a pod has it or it is being saved: as volume_attachment_controller.go does, through `spec.nodeID`, so that
   * each attach is a new generation. kubernetes_pv_controller.go writes down when the last pod has left it.
   */
  async #volume(
    objects: LonghornObjects,
    { metadata, spec, status }: Loose,
    isSaving: boolean,
  ): Promise<void> {
    const { name, annotations = {} } = metadata;
    if (spec.fromBackup && annotations[contentKey] === undefined)
      return this.#restore(objects, name, spec.fromBackup, status);
    const isMounted = await objects.isMounted(name);
    const state = isMounted || isSaving ? 'attached' : 'detached';
    const nodeID = state === 'attached' ? 'node-1' : '';
    if ((spec.nodeID ?? '') !== nodeID) await objects.patch('volumes', name, { spec: { nodeID } });
    const last = status?.kubernetesStatus?.lastPodRefAt;
    const lastPodRefAt = lastUse(isMounted, last);
    if (status?.state === state && !status.restoreRequired && last === lastPodRefAt) return;
    const robustness = state === 'attached' ? 'healthy' : 'unknown';
    const kubernetesStatus = { lastPodRefAt };
    await objects.setStatus('volumes', name, { state, robustness, restoreRequired: false, kubernetesStatus });
  }

  /** Begun in one round, done in a later one. */
  async #restore(objects: LonghornObjects, name: string, url: string, status: Loose): Promise<void> {
    const { backup, store } = parsed(url);
    // A webhook refuses a volume of a backup that is not known.
    if ((await objects.get('backups', backup)) === undefined) return objects.delete('volumes', name);
    if (!status?.restoreInitiated) {
      const begun = { state: 'attached', restoreInitiated: true, restoreRequired: true };
      return objects.setStatus('volumes', name, { ...begun, robustness: 'degraded' });
    }
    const saved = this.#stores.get(store)?.find((one) => one.backup === backup);
    if (saved === undefined) return;
    await objects.setStatus('volumes', name, { lastBackupAt: new Date().toISOString() });
    await objects.patch('volumes', name, {
      metadata: { annotations: { [contentKey]: saved.content } },
      spec: { size: saved.size },
    });
  }

  async #snapshot(objects: LonghornObjects, { metadata, spec, status }: Loose): Promise<void> {
    if (status?.readyToUse === true) return;
    const volume = await objects.get('volumes', spec.volume);
    if (volume === undefined) return;
    const content = volume.metadata.annotations?.[contentKey];
    await objects.patch('snapshots', metadata.name, { metadata: { annotations: { [contentKey]: content } } });
    await objects.setStatus('snapshots', metadata.name, { readyToUse: true });
  }

  async #backup(
    objects: LonghornObjects,
    { metadata, spec, status }: Loose,
    target: string | undefined,
  ): Promise<void> {
    const { name, labels = {} } = metadata;
    if (target === undefined || status?.state === 'Completed' || status?.state === 'Error') return;
    const volumeName = labels['backup-volume'];
    const url = `${target}?backup=${name}&volume=${volumeName}`;
    const known = this.#stores.get(target)?.find(({ backup }) => backup === name);
    const whole = { state: 'Completed', url, volumeName, backupTargetName: 'default' };
    if (known !== undefined) return objects.setStatus('backups', name, { ...whole, volumeSize: known.size });
    if (status?.state === undefined)
      return objects.setStatus('backups', name, { state: 'InProgress', progress: 40 });
    const [volume, snapshot] = [
      await objects.get('volumes', volumeName),
      await objects.get('snapshots', spec.snapshotName),
    ];
    const error = volume?.metadata.annotations?.[failsKey];
    if (error !== undefined) return objects.setStatus('backups', name, { state: 'Error', error });
    if (volume === undefined || snapshot?.status?.readyToUse !== true) return;
    const { size } = volume.spec;
    const content = snapshot.metadata.annotations[contentKey];
    const saved = { backup: name, volume: volumeName, size, content };
    this.#stores.set(target, [...(this.#stores.get(target) ?? []), saved]);
    await objects.setStatus('backups', name, { ...whole, volumeSize: size, progress: 100 });
    await objects.setStatus('volumes', volumeName, { lastBackupAt: new Date().toISOString() });
  }
}

/** Empty while a pod has it; undefined: none ever had. */
function lastUse(isMounted: boolean, last: string | undefined): string | undefined {
  if (isMounted) return '';
  return last === '' ? new Date().toISOString() : last;
}

function parsed(url: string): { readonly store: string; readonly backup: string } {
  const [store = '', query = ''] = url.split('?');
  return { store, backup: new URLSearchParams(query).get('backup') ?? '' };
}
