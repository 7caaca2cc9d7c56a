import type { Values } from '../../../config/values.ts';
import type { ObjectRef } from '../observed.ts';

/** The Cluster API objects of the cluster, on its management cluster. */
export interface MachinesSeen {
  /** Context of the management cluster. */
  readonly context: string;
  readonly cluster: { readonly name: string; readonly namespace: string };
  /** Node groups of workers, and the control plane. */
  readonly groups: readonly MachineGroup[];
  /** The release that owns them: its values are changed, and not the objects. */
  readonly release: ClusterRelease | undefined;
  /** What MachineDrainRules of that Cluster API know; undefined: it has no such kind. */
  readonly drainBehaviors: readonly string[] | undefined;
  /** Names of the MachineDeployments for which the rule is there by which a roll-out waits for people's servers. */
  readonly keeping: readonly string[];
}

export interface ClusterRelease {
  readonly name: string;
  readonly namespace: string;
  readonly chart: { readonly name: string; readonly version: string };
  readonly revision: number;
  readonly status: string;
  /** Namespace of the lock that the newest revision was made under, where Hubwright made it. */
  readonly lockedIn?: string | undefined;
  /** The groups of its values, as its owner wrote them; nothing else of the values leaves the adapter. */
  readonly nodeGroups: readonly Values[];
  readonly nodeGroupDefaults: Values;
  readonly controlPlane: Values;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A MachineDeployment or KubeadmControlPlane, of whichever version of the API. */
export interface MachineGroup {
  /** `workers`, `control-plane`. */
  readonly name: string;
  readonly ref: ObjectRef;
  readonly paused: boolean;
  /** The controllers have seen the newest of what was asked for. */
  readonly settled: boolean;
  readonly counts: {
    readonly wanted: number;
    readonly all: number;
    readonly ready: number;
    readonly upToDate: number;
  };
  /** Of the autoscaler; undefined: it leaves the group alone. */
  readonly bounds: Bounds | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** The machine template that new machines are made from. */
  readonly template: MachineTemplate | undefined;
  readonly rollout: Rollout;
  /** Keys of the taints that its machines put on their nodes; Cluster API does that from 1.12 on. */
  readonly taints: readonly string[];
  readonly machines: readonly Machine[];
}

interface Rollout {
  readonly maxSurge: number | string | undefined;
  readonly maxUnavailable: number | string | undefined;
  /** 0: as long as it takes. */
  readonly drainSeconds: number;
}

export interface MachineTemplate {
  readonly name: string;
  readonly flavor: string | undefined;
  /** Networks that a machine of it has a port in. */
  readonly ports: number;
  /** What the provider says that a node of it will have; older ones say nothing. */
  readonly capacity: Readonly<Record<string, string>>;
}

export interface Machine {
  readonly name: string;
  /** Cluster API's word: `Running`, `Provisioning`; `Failed` also where its provider alone has given it up. */
  readonly phase: string;
  readonly node: string | undefined;
  readonly deleting: boolean;
  /** Since when it is to go; undefined: it stays. */
  readonly goingSeconds?: number | undefined;
  /** The machine template that it was made from. */
  readonly template: string | undefined;
  readonly flavor: string | undefined;
  readonly ageSeconds: number;
  /** Why it is not further, in the words of the provider and of Cluster API. */
  readonly says: readonly string[];
}
