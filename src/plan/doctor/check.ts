import type { Environment } from '../../config/schema/environment.ts';
import type { AddressesReport } from '../kubernetes/addresses/report.ts';
import type { BalancersInCloud, BalancersObserved } from '../kubernetes/balancers/observed.ts';
import type { SentService } from '../kubernetes/balancers/sent.ts';
import type { CertificatesObserved } from '../kubernetes/certificates/observed.ts';
import type { MachinesSeen } from '../kubernetes/nodes/machines.ts';
import type { AutoscalerSeen, ComputeSeen, WorkloadSeen } from '../kubernetes/nodes/observed.ts';
import type { RecordingSeen } from '../kubernetes/recording.ts';
import type { Trouble } from '../trouble.ts';
import type { Finding } from './finding.ts';

/** What checks look at. Each is read once, and only where a check of the run needs it. */
export interface Sources {
  /** What `status` tells of. */
  readonly status: readonly Trouble[];
  readonly balancers: BalancersObserved;
  /** The same without what the cluster says, which may not be reached. */
  readonly inCloud: BalancersInCloud & { readonly now: string };
  /** The ways in with DNS; the cloud as far as it can be asked. */
  readonly addresses: AddressesReport;
  /** Services of type LoadBalancer that the environment's releases have sent. */
  readonly sentServices: readonly SentService[];
  /** The certificate, and what it hangs on. */
  readonly certificates: CertificatesObserved;
  /** The cluster's nodes, who is on them and who waits for one. */
  readonly nodes: WorkloadSeen;
  /** What the autoscaler says of itself and of whoever waits. */
  readonly autoscaler: AutoscalerSeen;
  /** Its Cluster API objects on the management cluster. */
  readonly machines: MachinesSeen;
  /** Whom Prometheus asks. */
  readonly recording: RecordingSeen;
  /** The cloud's flavours and the project's quota. */
  readonly compute: ComputeSeen;
}

export type SourceName = keyof Sources;

/** What was seen of a source, or why nothing was: whole sentences, with what to do about it. */
export type Seen<Source> =
  | { readonly seen: Source }
  | {
      readonly notSeen: string;
      /** It should have been: no access to the cloud, say. Otherwise the file does not ask for it. */
      readonly failed: boolean;
    };

export type Evidence = { readonly [Name in SourceName]?: Seen<Sources[Name]> };

/** One thing that can be wrong; a file of `checks/` each. Pure: it judges what was seen. */
export interface Check<Name extends SourceName = SourceName> {
  /** For `--only`, and the name of its page's section: `balancer-error`. */
  readonly id: string;
  /** What is looked at, for the list of all that was healthy: `load balancers are not in ERROR`. */
  readonly title: string;
  /** Its page: `docs/runbook/<page>.md`. */
  readonly page: string;
  readonly needs: readonly Name[];
  /** Looked at too, where it can be: without it less can be said, and that is said all the same. */
  readonly also?: readonly SourceName[];
  /** Whether the environment has what it looks at: without `https` no certificate is checked. Default: it has. */
  readonly applies?: (environment: Environment) => boolean;
  /** What of it nobody could look at though somebody should have: whole sentences. Then nothing found is not healthy. */
  readonly unseen?: (seen: Pick<Sources, Name> & Partial<Sources>) => string | undefined;
  readonly examine: (
    seen: Pick<Sources, Name> & Partial<Sources>,
    environment: Environment,
  ) => readonly Finding[];
}

/** How it went: healthy, something found, or not run, which is never shown as healthy. */
export type Examined =
  | { readonly check: Check; readonly findings: readonly Finding[] }
  | { readonly check: Check; readonly notRun: string; readonly failed: boolean };
