import type { ListedAccount } from '../../config/accounts.ts';
import type { Step } from '../../plan/plan.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { CertificateAction } from '../../plan/kubernetes/certificates/actions.ts';
import type {
  BalancersInCloud,
  BalancersInCluster,
  ObservedBalancer,
} from '../../plan/kubernetes/balancers/observed.ts';
import type { Unsettled } from '../../plan/kubernetes/balancers/unsettled.ts';
import type { ClusterHealth } from '../../plan/kubernetes/health.ts';
import type { ClusterObserved, ObjectRef, ObservedNode, Revision } from '../../plan/kubernetes/observed.ts';
import type { LonghornObserved } from '../../plan/kubernetes/longhorn/observed.ts';
import type { ReleasesSeen } from '../../plan/kubernetes/releases.ts';
import type { NodesObserved, RoomsObserved } from '../../plan/kubernetes/nodes/observed.ts';
import type { Seen } from '../../plan/doctor/check.ts';
import type { SavedDatabase } from '../../plan/kubernetes/plan-restore.ts';
import type { ChartName, KubernetesObject, Release, System } from '../../platform/kubernetes/system.ts';
import type { Credentials, DnsAnswer, HubApi, Lock, Person, PrometheusApi } from '../../ports.ts';
import type { RuntimeFiles } from '../../platform/kubernetes/index.ts';
import type { CertificateHost } from '../certificates/host.ts';
import type { AccountBook, LogOptions, LogPart } from '../target.ts';

/** What of Hubwright's own an environment needs in its namespace. */
interface OwnWanted {
  readonly listed: readonly ListedAccount[] | undefined;
  /** Names of the secrets that the systems refer to. */
  readonly wanted: readonly string[];
  readonly reveal: boolean;
}

export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  /** As the Service has it. */
  readonly port: number;
}

/** A cluster with an environment in it, as `adapters/cluster` offers it. */
export interface ClusterHost {
  /** A Lease in the environment's namespace. */
  lock(purpose: string): Promise<Lock>;
  /** Our own files that are put on the cluster. */
  runtimeFiles(): Promise<Omit<RuntimeFiles, 'dashboards'>>;
  /** @param onReleases Called with what is known of releases while the rest is still being read. */
  observe(systems: readonly System[], onReleases?: (seen: ReleasesSeen) => void): Promise<ClusterObserved>;
  /** Looks whether that which is there works. */
  examine(systems: readonly System[]): Promise<ClusterHealth>;
  /** What each of those resolvers knows of a name. */
  askDns(name: string, resolvers: readonly string[]): Promise<DnsAnswer[]>;
  /** The ways in, as the cluster has them; both: `observeBalancers` of `cluster-balancers.ts`. */
  balancersInCluster(): Promise<BalancersInCluster>;
  /**
   * The ways in, as the cloud has them.
   *
   * @param isMeant which load balancers are read with their listeners and members; it judges by `about` alone: who asks with the
   * same two while another does gets the same answer.
   * @throws UserError where the file names no cloud, or it cannot be asked.
   */
  balancersInCloud<About>(
    isMeant: (balancer: ObservedBalancer, about: About) => boolean,
    about: About,
  ): Promise<BalancersInCloud>;
  /** Longhorn itself, in that namespace; `keepers` would start again those who use volumes. */
  longhorn(namespace: string, keepers: readonly ObjectRef[]): Promise<LonghornObserved>;
  readonly certificates: CertificateHost;
  /** The part of it that tells of nodes. */
  nodes(): Promise<readonly ObservedNode[]>;
  /** What there is to sit on, quickly: what does not answer is not seen. */
  rooms(): Promise<RoomsObserved>;
  /** A Helm that is there; nothing is downloaded. undefined: there is none. */
  helm(): Promise<ClusterObserved['helm']>;
  /** Path of the chart that the cluster's release was made with, or why it cannot be had. */
  clusterChart(chart: { readonly name: string; readonly version: string }): Promise<Seen<string>>;
  /** Everything about nodes, and each part of it for itself. */
  readonly nodeSources: {
    readonly all: () => Promise<NodesObserved>;
    readonly nodes: () => Promise<NodesObserved['nodes']>;
    readonly autoscaler: () => Promise<NodesObserved['autoscaler']>;
    readonly machines: () => Promise<NodesObserved['machines']>;
    readonly compute: () => Promise<NodesObserved['compute']>;
  };
  /** The revisions of a release that are kept, newest first; none where it is not installed. */
  history(release: Pick<Release, 'name' | 'namespace'>): Promise<readonly Revision[]>;
  /** Version of what the locked chart installs: for z2jh, JupyterHub's. undefined where the chart does not say. */
  appVersion(chart: ChartName): Promise<string | undefined>;
  /** Each as it is now, those left out that are not there. For what belongs to no namespace. */
  live(objects: readonly KubernetesObject[]): Promise<readonly KubernetesObject[]>;
  /** The objects that a release's chart gives with its values, as the cluster would get them. */
  render(release: Release): Promise<readonly KubernetesObject[]>;
  /** The same for files, with its hooks; a placeholder stands for each secret unless they are revealed. */
  renderForFiles(release: Release, reveal: boolean): Promise<readonly RenderedObject[]>;
  /** @throws UserError when something is to be revealed that a deploy has yet to make. */
  renderOwn(wanted: OwnWanted): Promise<OwnObjects>;
  /** The secrets that are there, by name. */
  secrets(): Promise<ReadonlyMap<string, string>>;
  /**
   * Does the step, and keeps in the cluster that it is under way.
   *
   * @param work `unsettled` judges what a way in still waits for.
   */
  perform(
    step: Step<Exclude<ClusterAction, CertificateAction>>,
    work: { readonly report: (text: string) => void; readonly unsettled: Unsettled },
  ): Promise<void>;
  /** Does it, and keeps in the cluster that it is under way. */
  noted<Result>(id: string, title: string, work: () => Promise<Result>): Promise<Result>;
  /** Forgets that something was under way. */
  finished(): Promise<void>;
  /** Whether this very command was cut off before. */
  wasCutOff(): Promise<boolean>;
  /** Folder in which this run has saved the hub's database. */
  saved(): string | undefined;
  /** The database in such a folder. @throws UserError when there is none. */
  savedDatabase(folder: string): Promise<SavedDatabase>;
  /** Where the hub's proxy answers: its public address, or a port of this machine that is forwarded to it. */
  hubAddress(): Promise<string>;
  hubApi(): Promise<HubApi>;
  person(url: string, credentials: Credentials): Person;
  /** Address at which this machine reaches a port of a Service: forwarded until `close`. */
  serviceAddress(service: ServicePort): Promise<string>;
  /** What the load balancer of a Service was given; undefined while it has none. */
  balancerAddress(service: Omit<ServicePort, 'port'>): Promise<string | undefined>;
  prometheus(address: string): PrometheusApi;
  readonly accounts: AccountBook;
  readLog(part: LogPart, options: LogOptions): Promise<void>;
  /** Ends what is still open: forwarded ports, watches. */
  close(): Promise<void>;
}

export interface RenderedObject {
  readonly object: KubernetesObject;
  readonly holdsSecrets: boolean;
  /** Something that Helm runs before or after the release. */
  readonly isHook: boolean;
}

/** What Hubwright itself keeps for an environment. */
interface OwnObjects {
  readonly namespace: KubernetesObject;
  /** Of tokens and accounts. */
  readonly secrets: readonly KubernetesObject[];
  /** What a deploy has yet to make, in plain words. */
  readonly notMade: readonly string[];
}
