import type { ObjectRef } from './observed.ts';

/** What a status looks at beside what planning needs: whether that which is there works, and why not. */
export interface ClusterHealth {
  /** Whether there is the StorageClass that homes ask for. */
  readonly homesClass: boolean;
  /** Names of all that there are. */
  readonly storageClasses: readonly string[];
  readonly faults: readonly Fault[];
}

/** Something that has been there for long enough, and cannot be used. */
export interface Fault {
  /** `part`: of the hub; `storage`: of Longhorn; `recording`: of the monitoring. */
  readonly kind: 'home' | 'server' | 'loadBalancer' | 'part' | 'storage' | 'recording';
  readonly ref: ObjectRef;
  /** Whose home or server it is. */
  readonly owner?: string;
  readonly ageSeconds: number;
  /** `no volume yet; no volume is made: …` */
  readonly why: string;
  /** Those that say what is not so. */
  readonly conditions: readonly FaultCondition[];
}

/** As Kubernetes writes it on the object itself. */
export interface FaultCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** ISO 8601. */
  readonly lastTransitionTime?: string;
}
