import type { Step } from '../../plan.ts';
import type { CertificateAction } from './actions.ts';
import type { AcmeWanted } from './observed.ts';

/** Asks for the certificate. */
export function restartStep(want: AcmeWanted, needs: readonly string[]): Step<CertificateAction> {
  return {
    id: 'certificate:restart',
    title: 'Stop autohttps and start it again',
    reason: 'traefik asks once, when it starts; two at once would take each other’s answers',
    needs,
    action: { kind: 'restartAutohttps', want },
  };
}

/** @param insteadOf Fingerprint of the one that is to be renewed. */
export function issuedStep(
  want: AcmeWanted,
  needs: readonly string[],
  insteadOf?: string,
): Step<CertificateAction> {
  return {
    id: 'certificate:issued',
    title: `Certificate of ${want.domain}: wait for it`,
    reason: 'traefik asks for it when it starts',
    needs,
    action: { kind: 'awaitCertificate', want, ...(insteadOf === undefined ? {} : { insteadOf }) },
    // It may have come since.
    incidental: true,
  };
}

export function saveStep(want: AcmeWanted, needs: readonly string[]): Step<CertificateAction> {
  return {
    id: 'certificate:save',
    title: `Certificate of ${want.domain}: keep a copy`,
    reason: 'to be put back where the environment is made anew',
    needs,
    action: { kind: 'saveCertificate', want },
  };
}
