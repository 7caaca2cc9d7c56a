import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { Values } from '../../../config/values.ts';
import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';

/** Parts of Longhorn's objects that are read here (longhorn-manager, k8s/pkg/apis/longhorn/v1beta2). */
export type Volume = LiveObject & {
  readonly spec: Values & {
    readonly size?: string;
    readonly backupTargetName?: string;
    readonly backingImage?: string;
    readonly Standby?: boolean;
    readonly fromBackup?: string;
    readonly migrationNodeID?: string;
    /** Where it is, or is to be, attached. */
    readonly nodeID?: string;
  };
  readonly status?: {
    readonly state?: string;
    readonly robustness?: string;
    readonly lastBackupAt?: string;
    readonly restoreRequired?: boolean;
    readonly restoreInitiated?: boolean;
    /** `lastPodRefAt`: empty while a pod has it. */
    readonly kubernetesStatus?: { readonly lastPodRefAt?: string };
    readonly conditions?: readonly {
      readonly type: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
};

export type Snapshot = LiveObject & {
  readonly status?: { readonly readyToUse?: boolean; readonly error?: string };
};

export type Backup = LiveObject & {
  readonly status?: {
    /** Pending, InProgress, Completed, Error, Unknown. */
    readonly state?: string;
    readonly progress?: number;
    readonly error?: string;
    readonly url?: string;
    readonly volumeName?: string;
    readonly volumeSize?: string;
  };
};

export type Target = LiveObject & {
  readonly spec?: TargetSpec;
  readonly status?: {
    readonly available?: boolean;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
};

export interface TargetSpec {
  readonly backupTargetURL?: string;
  /** Name of a Secret in Longhorn's namespace, which no uninstall deletes. */
  readonly credentialSecret?: string;
  readonly pollInterval?: string;
}

const apiVersion = 'longhorn.io/v1beta2';

export function longhornRef(
  kind: 'Volume' | 'Snapshot' | 'Backup' | 'BackupTarget' | 'RecurringJob' | 'Setting',
  namespace: string,
  name: string,
): Required<ObjectRef> {
  return { apiVersion, kind, name, namespace };
}

/** Nothing where Longhorn is not there. Without a namespace: wherever it is. */
export function volumesIn(api: KubernetesApi, namespace?: string): Promise<Volume[]> {
  return api.list<Volume>({ apiVersion, kind: 'Volume', ...(namespace === undefined ? {} : { namespace }) });
}

export function isLive({ metadata }: Pick<Volume, 'metadata'>): boolean {
  return metadata.deletionTimestamp === undefined;
}

export function targetsIn(api: KubernetesApi, namespace: string): Promise<Target[]> {
  return api.list<Target>({ apiVersion, kind: 'BackupTarget', namespace });
}

export function recurringJobsIn(api: KubernetesApi, namespace: string): Promise<LiveObject[]> {
  return api.list({ apiVersion, kind: 'RecurringJob', namespace });
}

/** Where nothing is written, Longhorn uses this one. */
const defaultTarget = 'default';

export function targetOf({ spec }: Pick<Volume, 'spec'>): string {
  return spec.backupTargetName || defaultTarget;
}

/** Some pod may write to it, or is about to. */
export function isAttached({ spec, status }: Pick<Volume, 'spec' | 'status'>): boolean {
  return status?.state !== 'detached' || Boolean(spec.nodeID);
}
