import type { AcmeWanted } from './observed.ts';

/** What can be done about the certificate of an environment. Each is safe to do twice and safe to be killed in. */
export type CertificateAction =
  /** Waits until a certificate can be asked for. */
  | {
      readonly kind: 'awaitConditions';
      readonly want: AcmeWanted;
      /** Where time is up: leave what comes behind it for another time, or fail. */
      readonly orElse: 'leave' | 'fail';
    }
  /** Writes down that a certificate is asked for, and has traefik ask, which it does only when it starts. */
  | { readonly kind: 'restartAutohttps'; readonly want: AcmeWanted }
  /** Waits until the certificate is there, or traefik says why it is not. */
  | {
      readonly kind: 'awaitCertificate';
      readonly want: AcmeWanted;
      /** Fingerprint of the one that is to be renewed. */
      readonly insteadOf?: string;
    }
  /** Keeps a copy outside of the namespace. */
  | { readonly kind: 'saveCertificate'; readonly want: AcmeWanted }
  /** Puts the copy back where autohttps takes it from. */
  | {
      readonly kind: 'restoreCertificate';
      readonly want: AcmeWanted;
      /** File with a key of age's. */
      readonly identity?: string;
    }
  /** Stops autohttps, and takes the certificate of another server away, after keeping a copy; puts back one of this server if there is one. */
  | {
      readonly kind: 'switchAuthority';
      readonly want: AcmeWanted;
      /** Nothing that comes behind it starts autohttps again. */
      readonly starts: boolean;
    };
