import type { Environment } from '../config/schema/environment.ts';
import type { AddressIntent } from '../plan/kubernetes/addresses/plan-address.ts';
import type { AddressesReport } from '../plan/kubernetes/addresses/report.ts';
import type { CertificatesObserved } from '../plan/kubernetes/certificates/observed.ts';
import type { CertificateIntent } from '../plan/kubernetes/certificates/plan-certificate.ts';
import type { DestroyIntent } from '../plan/kubernetes/destroy.ts';
import type { LonghornReport } from '../plan/kubernetes/longhorn/report.ts';
import type { LonghornIntent } from '../plan/kubernetes/longhorn/progress.ts';
import type { NodesIntent } from '../plan/kubernetes/nodes/change.ts';
import type { NodesObserved, RoomsObserved } from '../plan/kubernetes/nodes/observed.ts';
import type { RollbackIntent } from '../plan/kubernetes/plan-rollback.ts';
import type { Seen, SourceName, Sources } from '../plan/doctor/check.ts';
import type { Plan, Step } from '../plan/plan.ts';
import type { Trouble } from '../plan/trouble.ts';
import type { Credentials, HubApi, Lock, Person, PrometheusApi } from '../ports.ts';
import type { HubActivity } from './hub-activity.ts';
import type { Untried } from './seats.ts';

/** What a command wants of the environment. */
export type Intent =
  | {
      readonly kind: 'deploy';
      /** Look where each release can go back to, and be ready for it. */
      readonly rollbackOnFailure?: boolean;
      /** Repair also the release that somebody else may be at work on. */
      readonly repair?: boolean;
    }
  /** Undoes what a deploy that failed has done to releases, as its `waysBack` say. */
  | { readonly kind: 'return'; readonly failed: Plan }
  /** Only the people: nothing is started or restarted. */
  | { readonly kind: 'accounts' }
  | { readonly kind: 'down'; readonly keepServers: boolean }
  | AddressIntent
  | CertificateIntent
  /** Other bounds or another flavour for a node group. */
  | { readonly kind: 'nodes'; readonly change: NodesIntent }
  | LonghornIntent
  | DestroyIntent
  | RollbackIntent;

/**
 * Where an environment runs. A command is written once, against this; each kind of target (this machine, a
 * Kubernetes cluster) implements it.
 */
export interface Target {
  readonly environment: Environment;
  /**
   * Nobody else changes the environment until it is released.
   * @throws UserError that names who holds it, since when and what for.
   */
  lock(purpose: string): Promise<Lock>;
  /** Reads everything, then decides. Changes nothing. */
  plan(intent: Intent): Promise<Plan>;
  /** Does one step of a plan made here. Safe to repeat after being killed. */
  perform(step: Step, report: (text: string) => void): Promise<void>;
  /** Does what belongs to a change beside its steps, and keeps where others can see it that it is under way. */
  noted?<Result>(id: string, title: string, work: () => Promise<Result>): Promise<Result>;
  /** A change has come to its end: what is kept to go on from is not needed any more. Belongs under the lock. */
  finished?(): Promise<void>;
  /** Whether this very command was cut off before: it may have died after its last step. */
  wasCutOff?(): Promise<boolean>;
  /** Profiles of which nobody can have a server now. */
  withoutSeat?(): Promise<readonly Untried[]>;
  status(): Promise<TargetStatus>;
  /** What a doctor's checks can look at here, beside the status. @throws UserError of one that cannot be reached. */
  readonly sources?: {
    readonly [Name in Exclude<SourceName, 'status'>]?: () => Promise<Seen<Sources[Name]>>;
  };
  /** Address that people open, where a hub runs; quicker than `status`. undefined: it has none yet. */
  url(): Promise<string | undefined>;
  /** @throws UserError when no hub runs. */
  hub(): Promise<HubConnection>;
  /** Where is recorded what happened. @throws UserError where nothing is, with what to do about that. */
  prometheus(): Promise<PrometheusConnection>;
  readonly accounts: AccountBook;
  /** The certificate and what it hangs on; undefined: the file asks for none. */
  certificates?(): Promise<CertificatesObserved | undefined>;
  /**
   * What a deploy would send, as files for review and for GitOps; a placeholder stands for each secret. With `reveal` the
   * secrets stand there themselves: handle those files as secrets.
   *
   * @throws UserError where nothing is sent anywhere, or when a secret is to be revealed that is not made yet.
   */
  render(options: { readonly reveal: boolean }): Promise<Rendering>;
  /** @throws UserError where no Grafana is the environment's. */
  dashboards(): Promise<DashboardDoor>;
  /** Its ways in, and what disagrees in them; none lead to an environment of this machine. */
  addresses?(): Promise<AddressesReport>;
  /** The cluster's Longhorn; undefined: an environment of this machine has none. @throws UserError where the file says `off`. */
  longhorn?(): Promise<LonghornReport>;
  /** Its nodes; an environment of this machine has none. */
  readonly nodes?: NodesDoor;
  /** The end of a log, and what comes if asked. */
  readLog(part: LogPart, options: LogOptions): Promise<void>;
}

/** Nodes of a cluster, as commands look at them. */
interface NodesDoor {
  rooms(): Promise<RoomsObserved>;
  /** With node groups, their machines, the autoscaler and the quota; what cannot be reached is said. */
  observe(): Promise<NodesObserved>;
}

export interface RenderedFile {
  /** Without `.yaml`, which may be another ending where it is encrypted: `jupyterhub/values`. */
  readonly path: string;
  readonly text: string;
  readonly holdsSecrets: boolean;
}

export interface Rendering {
  readonly files: readonly RenderedFile[];
  /** Paths of files that another environment has, or this one had: they are no part of it. */
  readonly absent: readonly string[];
  /** Those that stand in the files. */
  readonly secrets: readonly string[];
  /** What a deploy has yet to make, in plain words. */
  readonly notMade: readonly string[];
}

/** Parts that are the same for everybody. `certificates` is traefik of z2jh's autohttps. That and the last two are a cluster's. */
export const sharedLogs = ['hub', 'proxy', 'prometheus', 'certificates', 'longhorn', 'autoscaler'] as const;

export type LogPart =
  | { readonly kind: (typeof sharedLogs)[number] }
  | { readonly kind: 'user'; readonly name: string };

export interface LogOptions {
  readonly lines: number;
  /** Go on as the log grows. */
  readonly follow: boolean;
  readonly write: (text: string) => void;
}

/** How people get to the dashboards. */
export interface DashboardDoor {
  readonly url: string;
  /** Only while this process runs: a port of this machine that is forwarded. */
  readonly forwarded: boolean;
  /** A name and a password to handle as a secret, or what the log-in is called. */
  readonly logIn: { readonly name: string; readonly password: string } | { readonly service: string };
}

export interface HubConnection {
  /** Address that people open. */
  readonly url: string;
  readonly api: HubApi;
  person(credentials: Credentials): Person;
}

export interface PrometheusConnection {
  readonly api: PrometheusApi;
  /** The label by which the series of this environment are told from those of others. */
  readonly namespace: string;
}

/** An account with the password that Hubwright made. Handle as a secret. */
interface Account {
  readonly name: string;
  readonly admin: boolean;
  readonly password: string;
}

export interface AccountBook {
  /** Everybody listed, temporary ones left out. Empty where people come through OIDC. */
  list(): Promise<readonly Account[]>;
  /** Gives these people new passwords; the hub has to be told. */
  reset(names: readonly string[]): Promise<readonly Account[]>;
  /** A person that exists for one test only. */
  addTemporary(name: string): Promise<Account>;
  removeTemporary(name: string): Promise<void>;
  /** Of somebody listed or not. */
  hasHome(name: string): Promise<boolean>;
  /** Deletes the home. @returns false when there was none. */
  deleteHome(name: string): Promise<boolean>;
  /** Deletes the log of the person's server. */
  deleteLog(name: string): Promise<void>;
}

export interface PartStatus {
  readonly name: string;
  readonly state: 'running' | 'starting' | 'stopped' | 'crashed' | 'missing';
  /** Why it is not running yet. */
  readonly reason?: string;
  /** ISO 8601. */
  readonly since?: string;
  /** Where its pages are, for parts that have some for the operator. */
  readonly url?: string;
  readonly lastLines?: readonly string[];
  readonly log?: string;
}

export interface PersonStatus {
  readonly name: string;
  /** undefined: there is no hub that could tell. */
  readonly admin?: boolean;
  readonly profile?: string;
  readonly started?: string;
  readonly lastActivity?: string;
  /** Bytes in use by the server. */
  readonly memory?: number;
}

export interface TargetStatus {
  readonly environment: string;
  readonly target: Environment['target'];
  readonly url: string | undefined;
  readonly parts: readonly PartStatus[];
  /** People whose server runs. */
  readonly people: readonly PersonStatus[];
  /** undefined: there is no hub that could tell. */
  readonly activity?: HubActivity | undefined;
  /** What is true but no trouble: limits that are not enforced, say. */
  readonly notes: readonly string[];
  readonly troubles: readonly Trouble[];
}
