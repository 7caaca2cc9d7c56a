import type {
  AcmeCertificate,
  AcmeObserved,
  AcmeWanted,
  Outcome,
  OwnObserved,
} from '../../plan/kubernetes/certificates/observed.ts';
import type { Clock } from '../../ports.ts';

export interface KeptCopy {
  readonly certificate: AcmeCertificate;
  /** In words. */
  readonly where: string;
}

/** A copy that has been read, so that nothing is stopped for one that cannot be. */
export interface OpenCopy extends KeptCopy {
  /** Writes it to where autohttps takes its certificate from when it starts, and must not run meanwhile. */
  putBack(): Promise<void>;
}

/** What can be seen of an environment's certificate and done about it, as `adapters/cluster/certificates` offers it. */
export interface CertificateHost {
  observe(want: AcmeWanted): Promise<AcmeObserved>;
  observeOwn(): Promise<OwnObserved>;
  /** What is quick to look at while a certificate is waited for. */
  traefik(want: AcmeWanted): Promise<Pick<AcmeObserved, 'autohttps' | 'certificate'>>;
  /** Stops autohttps, until no pod of it is left. */
  stop(report: (text: string) => void): Promise<void>;
  /** It asks for what it lacks as soon as it has started. */
  start(report: (text: string) => void): Promise<void>;
  /** Writes down that a certificate is about to be asked for. */
  noteRequest(want: AcmeWanted): Promise<void>;
  /** That the one that was written down last was not made after all. */
  takeBack(want: AcmeWanted): Promise<void>;
  /** That a certificate has come of a request whose end nobody has seen; does nothing where there is none. */
  noteSeen(domain: string, authority: string): Promise<void>;
  noteOutcome(
    domain: string,
    end: {
      readonly authority: string;
      readonly outcome: Outcome;
      readonly cause?: string;
      /** ISO 8601. */
      readonly notBefore?: string;
    },
  ): Promise<void>;
  /** Keeps a copy; undefined: there is nothing that is not kept already. */
  save(domain: string): Promise<KeptCopy | undefined>;
  /** Reads the copy. @throws UserError when there is none that holds, or it cannot be read here. */
  openCopy(want: AcmeWanted, identityFile?: string): Promise<OpenCopy>;
  /** Deletes the Secret from which autohttps takes what it has. */
  forget(): Promise<void>;
  readonly clock: Clock;
  /** Longest wait for conditions, and for a certificate. */
  readonly waitSeconds: number;
}
