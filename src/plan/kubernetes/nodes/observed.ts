import type { Seen } from '../../doctor/check.ts';
import type { ObservedNode, ObservedServer } from '../observed.ts';

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
}

interface Amount {
  readonly used: number;
  readonly most: number | undefined;
}

/** The workload cluster, as far as it was asked for. */
export interface WorkloadSeen {
  readonly nodes: readonly NodeSeen[];
  readonly servers: readonly ObservedServer[];
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
