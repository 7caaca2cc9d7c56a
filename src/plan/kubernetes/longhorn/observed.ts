import type { ObjectRef, ObservedRelease } from '../observed.ts';

/** What the cluster says of Longhorn itself: its volumes, where they are saved, and who has them mounted. */
export interface LonghornObserved {
  readonly namespace: string;
  readonly volumes: readonly LonghornVolume[];
  readonly targets: readonly BackupTarget[];
  readonly users: readonly VolumeUser[];
  /** The hub, where it runs: it starts servers, which mount homes. */
  readonly hub: ObjectRef | undefined;
  /** Parts of Hubwright's own monitoring that would start again what is stopped. */
  readonly keepers: readonly ObjectRef[];
  /** A reinstall that has not come to its end, of whichever environment. */
  readonly reinstall: Reinstall | undefined;
}

export interface LonghornVolume {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Longhorn's own words: attached, detached … */
  readonly state: string;
  /** healthy, degraded, faulted or unknown. */
  readonly robustness: string;
  /** ISO 8601; undefined: never. */
  readonly lastBackup: string | undefined;
  /** Name of its BackupTarget. */
  readonly target: string;
  /** Whose it is, as its PersistentVolume tells. */
  readonly claim: { readonly namespace: string; readonly name: string } | undefined;
  readonly deleting: boolean;
  /** Why no backup of it can bring it back as it is, in plain words. */
  readonly hindrance: string | undefined;
}

export interface BackupTarget {
  readonly name: string;
  /** Where it is: `s3://…`, `nfs://…`; empty: nowhere. */
  readonly url: string;
  readonly available: boolean;
  /** Why it is not available, as Longhorn says it. */
  readonly message: string | undefined;
}

/** A pod that has a volume of Longhorn mounted, and what it belongs to. */
export interface VolumeUser {
  readonly namespace: string;
  readonly pod: string;
  readonly claim: string;
  readonly by:
    | { readonly kind: 'server'; readonly user: string }
    /** What can be scaled. */
    | { readonly kind: 'workload'; readonly ref: ObjectRef }
    | { readonly kind: 'other' };
}

/** What is kept in the cluster of a reinstall, from before anything is stopped until all is back. */
export interface Reinstall {
  readonly environment: string;
  /** Of the environment. */
  readonly namespace: string;
  /** Of Longhorn's chart, as it was before. */
  readonly version: string | undefined;
  /** With which Helm it was installed. */
  readonly helm?: Pick<ObservedRelease, 'applyMethod' | 'helmMajor'>;
  readonly volumes: readonly {
    readonly name: string;
    readonly saved: boolean;
    /** It is there, and nobody has had it since it was saved. */
    readonly untouched: boolean;
  }[];
  /** The Longhorn that was to be uninstalled is gone: what is there is another one. */
  readonly replaced: boolean;
  /** What was stopped is as it was left. */
  readonly undisturbed: boolean;
  /** Whether there is anything to start again. */
  readonly stopped: boolean;
  /** Ids of steps that are not to be done again. */
  readonly done: readonly string[];
}
