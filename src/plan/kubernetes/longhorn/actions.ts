import type { ObjectRef } from '../observed.ts';

/**
 * What a reinstall of Longhorn does. Each is safe to do twice and safe to be killed in: what it knows is in the cluster,
 * outside of Longhorn, before it does something.
 */
export type LonghornAction =
  /** Stops the hub, people's servers and whatever else has volumes mounted, and waits until none is attached. */
  | {
      readonly kind: 'quietVolumes';
      readonly namespace: string;
      /** In this order. */
      readonly workloads: readonly ObjectRef[];
    }
  /** A snapshot and a backup of each volume; `again`: what was saved before does not count. */
  | {
      readonly kind: 'saveVolumes';
      readonly namespace: string;
      readonly again: boolean;
    }
  /** Proves that each volume is saved, then uninstalls Longhorn, and with it every volume. */
  | { readonly kind: 'removeLonghorn'; readonly name: string; readonly namespace: string }
  /** The cloud controller forgets what it knew of the old load balancer. */
  | { readonly kind: 'renewController'; readonly controller: ObjectRef }
  /** Backup targets and recurring jobs as they were; waits until each backup is seen there. */
  | { readonly kind: 'restoreTargets'; readonly namespace: string }
  /** Each volume under its old name, from its backup. */
  | { readonly kind: 'restoreVolumes'; readonly namespace: string }
  /** What was stopped runs again. */
  | { readonly kind: 'wakeWorkloads' }
  | { readonly kind: 'forgetReinstall' }
  /** Every PersistentVolume of Longhorn has its volume. */
  | { readonly kind: 'proveVolumes'; readonly namespace: string };
