import type { ListedAccount } from '../../config/accounts.ts';
import type { KeptAccount } from '../accounts.ts';
import type { ProcessIdentity, RunningServer } from '../../ports.ts';
import type { LimitsBy } from '../../platform/local/settings.ts';

/** What this machine lets an ordinary user do, found out by trying. */
export interface MachineCapabilities {
  readonly limits: LimitsBy;
  /** Why limits are not enforced, in plain words; empty when they are. */
  readonly limitsReason: string;
  readonly readOnlyMounts: boolean;
  readonly mountsReason: string;
}

/** The hub, the proxy or Prometheus: a process that `up` started and left running. */
export type Daemon =
  | { readonly state: 'stopped' }
  | { readonly state: 'crashed'; readonly lastLines: readonly string[]; readonly log: string }
  | {
      readonly state: 'running';
      readonly process: ProcessIdentity;
      /** ISO 8601. */
      readonly since: string;
      /** Fingerprint of the settings that it was started with. */
      readonly startedWith: string;
      /** Where it listens, or wants to. */
      readonly port: number;
    };

/** TCP ports on loopback. */
export interface LocalPorts {
  /** Where people go. */
  readonly public: number;
  readonly hub: number;
  readonly proxyApi: number;
  /** Where the proxy tells its metrics. */
  readonly proxyMetrics: number;
}

/** What a Prometheus beside the hub would have. */
export interface MonitoringObserved {
  /** Path of the program; undefined: it is not installed. */
  readonly program: string | undefined;
  /** Where it listens, or would. */
  readonly port: number;
  /** Name of this machine. */
  readonly node: string;
  /** Where it keeps what it recorded. */
  readonly folder: string;
}

export interface TakenPort {
  readonly port: number;
  /** The process, in words. */
  readonly by: string;
  /** The environment of ours whose proxy that is, and the command that stops it. */
  readonly neighbour:
    | { readonly deployment: string; readonly environment: string; readonly down: string }
    | undefined;
}

export interface PythonSetState {
  /** The interpreter of the set, installed or not yet. */
  readonly python: string;
  readonly installed: boolean;
}

/** Everything that planning needs to know, read before anything is changed. */
export interface LocalObserved {
  /** Folder that holds everybody's home. */
  readonly homes: string;
  readonly machine: MachineCapabilities;
  readonly ports: LocalPorts;
  /** The public port that the file asks for is somebody else's. */
  readonly portTaken: TakenPort | undefined;
  /** Digest of Hubwright's own runtime files and locks. */
  readonly runtime: string;
  /** Keyed digest of the OIDC client secret; undefined without one. */
  readonly clientSecret: string | undefined;
  readonly pythonSets: Readonly<Record<string, PythonSetState>>;
  /** The files in `settings/`, parsed; undefined when not there. */
  readonly settings: { readonly hub: unknown; readonly profiles: unknown };
  readonly accounts: readonly KeptAccount[] | undefined;
  readonly proxy: Daemon;
  readonly hub: Daemon;
  readonly prometheus: Daemon;
  readonly monitoring: MonitoringObserved;
  readonly servers: readonly RunningServer[];
  /** Whom the running hub knows, and with which right; undefined when it does not run. */
  readonly hubUsers: readonly ListedAccount[] | undefined;
  /** The hub runs and does not answer: a run that was killed has just started it, or it hangs. */
  readonly hubSilent?: boolean;
  /** Folder that servers see as materials, and whether it is up to date with the one in the file. */
  readonly materials: { readonly folder: string; readonly current: boolean } | undefined;
  /** The config file that this environment was last deployed from, when it is another one. */
  readonly otherFile: string | undefined;
}
