import type { ObjectRef } from './observed.ts';

/** What a status looks at beside what planning needs: whether that which is there works, and why not. */
export interface ClusterHealth {
  /** Whether there is the StorageClass that homes ask for. */
  readonly homesClass: boolean;
  readonly faults: readonly Fault[];
}

/** Something that has been there for long enough, and cannot be used. */
export interface Fault {
  /** `storage`: a part of Longhorn. */
  readonly kind: 'home' | 'server' | 'loadBalancer' | 'storage';
  readonly ref: ObjectRef;
  /** Whose home or server it is. */
  readonly owner?: string;
  readonly ageSeconds: number;
  /** `no volume yet; no volume is made: …` */
  readonly why: string;
}
