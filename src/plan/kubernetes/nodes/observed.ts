import type { Seen } from '../../doctor/check.ts';
import type { ObjectRef, ObservedNode, ObservedServer } from '../observed.ts';
import type { MachinesSeen } from './machines.ts';

/** A node of the cluster, with what people's servers cannot have of it. */
export interface NodeSeen extends ObservedNode {
  readonly annotations: Readonly<Record<string, string>>;
  /** Pods of its DaemonSets, which a new node of the same kind has too: what each of their containers asks for. */
  readonly daemons: readonly (readonly Readonly<Record<string, string>>[])[];
  /** No new pods: it is cordoned, or on its way out. */
  readonly unschedulable: boolean;
}

/** A flavour as Nova has it. */
export interface FlavorSeen {
  readonly name: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** As far as its extra specs tell. */
  readonly gpus: number;
}

/** Of the project; undefined: no limit. */
export interface QuotaSeen {
  readonly cores: Amount;
  /** Bytes. */
  readonly memory: Amount;
  readonly instances: Amount;
  /** Neutron's; undefined: it did not tell. */
  readonly ports: Amount | undefined;
}

interface Amount {
  readonly used: number;
  readonly most: number | undefined;
}

/** Somebody's server, in whichever namespace: environments share nodes. */
export interface ServerSeen extends ObservedServer {
  /** Namespace of the other environment that it is of; undefined: it is one of this. */
  readonly elsewhere: string | undefined;
  /** What each of its containers asks for. */
  readonly asks: readonly Readonly<Record<string, string>>[];
}

/** The cluster itself: what there is, and who is there or waits. */
export interface WorkloadSeen {
  readonly nodes: readonly NodeSeen[];
  readonly servers: readonly ServerSeen[];
  /** Servers and placeholders that find no room, those that have waited longest first. */
  readonly waiting: readonly WaitingPod[];
  /** Why only this environment's namespace could be looked at: sentences. undefined: the whole cluster was. */
  readonly onlyOwn: string | undefined;
}

/** What the autoscaler leaves in the cluster that it works for. */
export interface AutoscalerSeen {
  /** Its ConfigMap; undefined: there is none, or it is kept from us. */
  readonly status: { readonly text: string; readonly ageSeconds: number | undefined } | undefined;
  /** Its Deployment, where it runs in the same cluster (Magnum, older clusters). */
  readonly deployment: AutoscalerDeployment | undefined;
  /** Of what it tried, newest first. */
  readonly events: readonly AutoscalerEvent[];
  /** What it said last of each pod of the environment. */
  readonly said: ReadonlyMap<string, AutoscalerEvent>;
}

export interface AutoscalerDeployment {
  readonly ref: ObjectRef;
  readonly ready: boolean;
  /** Words of its command line, `command` and `args` together. */
  readonly words: readonly string[];
}

export interface WaitingPod {
  readonly name: string;
  /** Whose server it is; undefined: a placeholder's or something else's. */
  readonly user: string | undefined;
  /** Namespace of the other environment that it is of. */
  readonly elsewhere: string | undefined;
  readonly profile: string | undefined;
  readonly ageSeconds: number;
  /** The scheduler's words. */
  readonly scheduler: string;
}

export interface AutoscalerEvent {
  readonly reason: string;
  readonly message: string;
  readonly ageSeconds: number;
}

/** What Nova tells. */
export interface ComputeSeen {
  readonly flavors: readonly FlavorSeen[];
  readonly quota: QuotaSeen;
}

/** What there is to sit on. */
export interface RoomsObserved {
  readonly workload: Seen<WorkloadSeen>;
  readonly compute: Seen<ComputeSeen>;
}

/** Everything about nodes. */
export interface NodesObserved {
  readonly nodes: Seen<WorkloadSeen>;
  readonly autoscaler: Seen<AutoscalerSeen>;
  readonly machines: Seen<MachinesSeen>;
  readonly compute: Seen<ComputeSeen>;
}
