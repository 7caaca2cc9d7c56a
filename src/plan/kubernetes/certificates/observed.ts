import type { DnsAnswer } from '../../../ports.ts';

/** A certificate, as far as it is looked at. */
export interface CertificateFacts {
  readonly names: readonly string[];
  /** Organisation or name of who issued it. */
  readonly issuer: string;
  /** ISO 8601. */
  readonly from: string;
  readonly until: string;
  /** Whole ones; negative where it has ended. */
  readonly daysLeft: number;
  /** SHA-256, to tell one from another. */
  readonly fingerprint: string;
}

/** One of Let's Encrypt's, or of another ACME server. */
export interface AcmeCertificate extends CertificateFacts {
  /** Host of the server that has given it; undefined: nothing tells. */
  readonly authority: string | undefined;
}

/** Which certificate is meant. */
export interface AcmeWanted {
  readonly domain: string;
  /** Host of the ACME server. */
  readonly authority: string;
}

/** As a release was deployed, whatever the file says now. */
export interface AcmeDeployed {
  readonly domains: readonly string[];
  /** Host of the ACME server. */
  readonly authority: string;
}

/** How an attempt to get a certificate ended; `asked`: nobody has seen the end of it. */
export type Outcome = 'asked' | 'failed' | 'issued';

/** Kept in the cluster, outside of the environment's namespace: the limits know nothing of namespaces. */
export interface Attempt {
  readonly ageSeconds: number;
  /** Host of the ACME server. */
  readonly authority: string;
  readonly outcome: Outcome;
  readonly cause?: string;
  /** So long the server refuses further ones from now on, as it has said itself. */
  readonly waitSeconds?: number;
}

/** What came of asking port 80 of an address for the hub's name, from this machine. */
export type PortAnswer =
  | { readonly address: string; readonly status: number }
  | { readonly address: string; readonly problem: string };

/** What came of asking port 443 of an address for the hub's name, from this machine. */
export type DoorAnswer =
  | { readonly address: string; readonly shown: ShownCertificate }
  | {
      readonly address: string;
      readonly problem: string;
      /** Something listens there, and shows no certificate for the name. */
      readonly reached: boolean;
    };

export interface ShownCertificate extends CertificateFacts {
  readonly coversDomain: boolean;
}

/** The Service proxy-public. */
export interface PublicService {
  readonly ingress: readonly string[];
  /** It has a port 443. */
  readonly https: boolean;
}

/** z2jh's traefik, which asks for certificates. */
export interface Autohttps {
  readonly replicas: number;
  readonly pod:
    | {
        readonly name: string;
        readonly createdSecondsAgo: number;
        /** Since traefik has started in it; undefined: it has not yet. */
        readonly ageSeconds: number | undefined;
        readonly ready: boolean;
      }
    | undefined;
  /** Lines of traefik's log since that pod has started. */
  readonly log: readonly string[];
}

/** A way to HTTPS with a certificate that is asked for, and all that it hangs on. */
export interface AcmeObserved {
  readonly kind: 'letsEncrypt';
  /** By this machine's clock, ISO 8601. */
  readonly now: string;
  readonly domain: string;
  /** Host of the ACME server that the file asks for. */
  readonly authority: string;
  /** undefined: there is none. */
  readonly service: PublicService | undefined;
  /** What the cloud says of its load balancer, or why nobody could ask. */
  readonly balancer:
    | {
        readonly id: string;
        readonly provisioning: string;
        /** On its VIP. The Service may still tell of an earlier one. */
        readonly floatingIps: readonly string[];
      }
    | { readonly notSeen: string };
  readonly floatingIp: string | undefined;
  readonly dns: readonly DnsAnswer[];
  readonly port80: readonly PortAnswer[];
  /** None where HTTPS is off. */
  readonly port443: readonly DoorAnswer[];
  /** What the hub's release asks for; undefined: nothing, HTTPS is off in it or not by an ACME server. */
  readonly deployed?: AcmeDeployed | undefined;
  readonly autohttps: Autohttps | undefined;
  /** The one in z2jh's Secret, for that domain. */
  readonly certificate: AcmeCertificate | undefined;
  /** The copy that is kept outside of the namespace. */
  readonly kept: { readonly certificate: AcmeCertificate; readonly where: string } | undefined;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  /** undefined: that server's certificates are in none. */
  readonly logs?: PublicLogs | undefined;
}

/** What the logs have of a name to which every certificate of a public authority goes (certificate transparency), or why nobody knows. */
export type PublicLogs = { readonly found: readonly LoggedCertificate[] } | { readonly notSeen: string };

/** One that has not ended, whoever has asked for it. */
export interface LoggedCertificate {
  /** When it was given: ISO 8601. */
  readonly at: string;
  readonly ageSeconds: number;
  readonly until?: string;
  readonly names: readonly string[];
  readonly issuer: string;
}

/** What is wrong with a certificate of people's own is told by comparing it with its key, its chain and its name. */
export interface OwnObserved {
  readonly kind: 'own';
  readonly now: string;
  readonly domain: string | undefined;
  /** `Secret hub-tls`, or the file. */
  readonly where: string;
  readonly own: OwnCertificate | undefined;
  /** What the world is shown; undefined: nobody looked, because it is about files alone. */
  readonly door?: { readonly service: PublicService | undefined; readonly port443: readonly DoorAnswer[] };
}

export interface OwnCertificate extends CertificateFacts {
  readonly coversDomain: boolean;
  /** undefined: the key could not be looked at. */
  readonly keyFits: boolean | undefined;
  /** `selfSigned`: it vouches for itself. `incomplete`: who issued the last one is not in the file, and not widely known. */
  readonly chain: 'complete' | 'selfSigned' | 'incomplete' | 'wrongOrder';
  /** Issuer of the last certificate of the chain. */
  readonly chainEnds: string;
}

export type CertificatesObserved = AcmeObserved | OwnObserved;
