import {
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type V1PersistentVolume,
} from '@kubernetes/client-node';
import type { Loose } from './cluster-api.ts';
import { mergePatch } from './merge-patch.ts';

export type { Loose };

const api = { group: 'longhorn.io', version: 'v1beta2' };

/** Longhorn's objects in its namespace, by plural. */
export class LonghornObjects {
  readonly #custom: CustomObjectsApi;
  readonly #core: CoreV1Api;
  readonly #namespace: string;

  constructor(config: KubeConfig, namespace = 'longhorn-system') {
    this.#custom = config.makeApiClient(CustomObjectsApi);
    this.#core = config.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
  }

  /** Nothing where there is no Longhorn. */
  async list(plural: string): Promise<Loose[]> {
    const where = { ...api, namespace: this.#namespace, plural };
    const found: Loose = await this.#custom.listNamespacedCustomObject(where).catch(() => ({ items: [] }));
    return found.items;
  }

  /** undefined: there is none. */
  get(plural: string, name: string): Promise<Loose> {
    return this.#custom
      .getNamespacedCustomObject({ ...api, namespace: this.#namespace, plural, name })
      .catch(() => undefined);
  }

  async create(plural: string, kind: string, object: Loose): Promise<void> {
    const body = { apiVersion: `${api.group}/${api.version}`, kind, ...object };
    await this.#custom.createNamespacedCustomObject({ ...api, namespace: this.#namespace, plural, body });
  }

  async patch(plural: string, name: string, body: object): Promise<void> {
    const which = { ...api, namespace: this.#namespace, plural, name, body };
    await this.#custom.patchNamespacedCustomObject(which, mergePatch);
  }

  async setStatus(plural: string, name: string, status: object): Promise<void> {
    const which = { ...api, namespace: this.#namespace, plural, name, body: { status } };
    await this.#custom.patchNamespacedCustomObjectStatus(which, mergePatch);
  }

  async delete(plural: string, name: string): Promise<void> {
    await this.#custom
      .deleteNamespacedCustomObject({ ...api, namespace: this.#namespace, plural, name })
      .catch(() => 'gone already');
  }

  /** Where the chart's values put backups; empty: nowhere. */
  async defaultTarget(): Promise<string> {
    const name = 'longhorn-default-resource';
    const { data } = await this.#core.readNamespacedConfigMap({ name, namespace: this.#namespace });
    return /^backup-target: (\S+)$/m.exec(data?.['default-resource.yaml'] ?? '')?.[1] ?? '';
  }

  async markMade({ metadata }: V1PersistentVolume, key: string): Promise<void> {
    const body = { metadata: { annotations: { [key]: 'true' } } };
    await this.#core.patchPersistentVolume({ name: metadata?.name ?? '', body }, mergePatch);
  }

  /** Whether a pod that runs has it. */
  async isMounted(volume: string): Promise<boolean> {
    const { items } = await this.#core.listPersistentVolume();
    const claim = items.find(({ spec }) => spec?.csi?.volumeHandle === volume)?.spec?.claimRef;
    if (claim?.namespace === undefined) return false;
    const pods = await this.#core.listNamespacedPod({ namespace: claim.namespace });
    return pods.items.some(({ spec }) =>
      spec?.volumes?.some(({ persistentVolumeClaim: its }) => its?.claimName === claim.name),
    );
  }
}
