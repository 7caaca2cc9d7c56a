import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { ListedAccount } from '../../config/accounts.ts';
import type { Values } from '../../config/values.ts';
import type { RunningServer } from '../../ports.ts';
import type { KeptAccount } from '../accounts.ts';
import type { AcmeCertificate, Attempt, OwnObserved } from './certificates/observed.ts';
import type { FaultCondition } from './health.ts';

/** Helm's own words for the state of a revision (helm.sh/helm/v3/pkg/release, `Status`). */
export type ReleaseStatus =
  | 'deployed'
  | 'superseded'
  | 'failed'
  | 'uninstalled'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'
  | 'unknown';

/** A revision of a Helm release, decoded from its Secret. */
export interface Revision {
  readonly number: number;
  readonly status: ReleaseStatus;
  readonly chart: {
    readonly name: string;
    readonly version: string;
    /** Of what it installs: for z2jh, JupyterHub's. */
    readonly appVersion?: string;
  };
  /** Helm's, or what its caller gave: `Rollback to 2`. */
  readonly description?: string;
  /** Of the chart's archive, where Hubwright deployed it (the label `hubwright-chart`). */
  readonly chartDigest?: string;
  /**
   * What the user gave, not the chart's defaults. A secret that we know stands as a reference to it; one that we do not
   * know any more is still in it, so that values are shown through `values-diff.ts` alone.
   */
  readonly values: Values;
  /** The objects that Helm sent, hooks left out; Secrets with references or digests in place of their contents. */
  readonly objects: readonly KubernetesObject[];
  /** ISO 8601. */
  readonly deployedAt: string;
  /** Since its state was last written, by the server's clock. */
  readonly ageSeconds: number;
}

export interface ObservedRelease {
  /** The newest revision. */
  readonly newest: Revision;
  /** The newest revision that was deployed at some time: what a repair returns to. */
  readonly lastGood: number | undefined;
  /** Namespace whose lock its newest revision was begun under, by an upgrade of Hubwright; undefined: by something else. */
  readonly lockedIn?: string;
  /** How its objects are applied: `ssa` (server-side) only by Helm 4. */
  readonly applyMethod: 'csa' | 'ssa';
  /** Of the Helm that made the newest revision. */
  readonly helmMajor?: 3 | 4;
}

export interface ObservedNode {
  readonly name: string;
  readonly ready: boolean;
  /** What the node, or Kubernetes of it, last said where it is not ready. */
  readonly condition?: FaultCondition;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  /** Resource name → quantity, as Kubernetes writes it. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** A person's server. */
export interface ObservedServer extends Omit<RunningServer, 'profile'> {
  /** Slug of the profile that it was started with; null: none was chosen, which is the default; undefined: nobody knows. */
  readonly profile: string | null | undefined;
}

/** A PersistentVolume. It belongs to no namespace. */
export interface ObservedVolume {
  readonly name: string;
  /** CSI driver of the storage that carries it; undefined: something else does, such as an NFS server. */
  readonly driver: string | undefined;
  /** The claim that it is bound to, or was. */
  readonly claim: { readonly namespace: string; readonly name: string } | undefined;
  readonly claimDeleted: boolean;
  /** Whether its storage deletes it with its claim (reclaim policy `Delete`). */
  readonly goesWithClaim: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Which object is meant. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Everything that planning needs to know of a cluster, read before anything is changed. */
export interface ClusterObserved {
  /** The kubeconfig's context in use. */
  readonly context: string;
  /** Address of the API server. */
  readonly server: string;
  /** `v1.36.3` */
  readonly kubernetesVersion: string;
  /** Looked for only where it has something to do. undefined then: none was found. */
  readonly helm?: { readonly version: string; readonly path: string } | undefined;
  readonly namespaces: readonly string[];
  /** Whether the environment's namespace says whose it is: so do other environments know that they are not alone. */
  readonly namespaceMarked: boolean;
  /** By `NAMESPACE/NAME`. */
  readonly releases: Readonly<Record<string, ObservedRelease>>;
  /**
   * As they are now: the objects that the systems want, those that releases sent, and those that we own and nobody wants.
   * For a deploy also what is there under the names of the whole cluster that charts would take.
   */
  readonly live: readonly KubernetesObject[];
  /** Those of this environment that carry the label `hubwright/system`: applied by us, now or by an earlier file. */
  readonly owned: readonly ObjectRef[];
  /** Digest of each release's chart, by chart name, as hub.lock.yaml pins it. */
  readonly charts: Readonly<Record<string, { readonly version: string; readonly digest: string }>>;
  /** Names of the tokens that are still to be made. */
  readonly missingSecrets: readonly string[];
  readonly accounts: readonly KeptAccount[] | undefined;
  readonly nodes: readonly ObservedNode[];
  readonly servers: readonly ObservedServer[];
  /** Volume claims of people's homes and of the hub's database. */
  readonly homes: readonly { readonly owner: string; readonly ref: ObjectRef }[];
  /** Those of the whole cluster. */
  readonly volumes: readonly ObservedVolume[];
  /** Services of type LoadBalancer in the environment's namespace, also those that no release knows any more. */
  readonly loadBalancers: readonly ObjectRef[];
  /** What Hubwright keeps for itself in the namespace: tokens, accounts, journal. */
  readonly kept: readonly ObjectRef[];
  readonly hubUsers: readonly ListedAccount[] | undefined;
  /** The certificate that the hub shows, as it is kept in the cluster; undefined: there is none. */
  readonly certificate:
    | (Pick<AcmeCertificate, 'names' | 'issuer' | 'daysLeft'> & Partial<AcmeCertificate>)
    | undefined;
  /** Copies of Let's Encrypt's certificates for the environment's name that are kept outside of its namespace. */
  readonly keptCertificates?: readonly AcmeCertificate[];
  /** The requests for such certificates within the last seven days, oldest first. */
  readonly requests?: readonly Attempt[];
  /** One of people's own, as a deploy would put it up; undefined: the file asks for none. */
  readonly ownCertificate?: OwnObserved | undefined;
  /** A run that did not come to its end. */
  readonly interrupted:
    | {
        readonly command: string;
        readonly host: string;
        readonly begun: string;
        /** Title of the step that it was at. */
        readonly step: string;
        /** Ids of the steps that were begun and are not done. */
        readonly open: readonly string[];
      }
    | undefined;
  /** A reinstall of the cluster's Longhorn that has not come to its end, of whichever environment; `done`: ids of its steps. */
  readonly reinstall?:
    | { readonly environment: string; readonly namespace: string; readonly done: readonly string[] }
    | undefined;
  /** The monitoring that Hubwright has installed, where this environment does not ask for it; with those that do. */
  readonly idleStack: { readonly namespace: string; readonly users: readonly string[] } | undefined;
  /** Other environments of Hubwright in this cluster, by namespace. */
  readonly neighbours: readonly { readonly environment: string; readonly namespace: string }[];
}
