import type {
  AcmeCertificate,
  AcmeObserved,
  DoorAnswer,
  OwnCertificate,
  OwnObserved,
  ShownCertificate,
} from '../../../../../src/plan/kubernetes/certificates/observed.ts';
import type { DnsAnswer } from '../../../../../src/ports.ts';

export const production = 'acme-v02.api.letsencrypt.org';
export const staging = 'acme-staging-v02.api.letsencrypt.org';
export const domain = 'hub.example.org';
const address = '192.0.2.50';

export function answer(given: Partial<DnsAnswer> = {}): DnsAnswer {
  return { resolver: '1.1.1.1', a: [address], aaaa: [], caa: [], failures: [], ...given };
}

export function certificate(given: Partial<AcmeCertificate> = {}): AcmeCertificate {
  return {
    names: [domain],
    issuer: "Let's Encrypt",
    authority: production,
    from: '2026-11-01T00:00:00.000Z',
    until: '2027-01-30T00:00:00.000Z',
    daysLeft: 60,
    fingerprint: 'AA',
    ...given,
  };
}

/** All is there that a certificate hangs on, and HTTPS is still off. */
export function acme(given: Partial<AcmeObserved> = {}): AcmeObserved {
  return {
    kind: 'letsEncrypt',
    now: '2026-11-30T09:00:00.000Z',
    domain,
    authority: production,
    service: { ingress: [address], https: false },
    balancer: { id: 'lb-1', provisioning: 'ACTIVE', floatingIps: [address] },
    floatingIp: address,
    dns: [answer(), answer({ resolver: '9.9.9.9' })],
    port80: [{ address, status: 302 }],
    port443: [],
    autohttps: undefined,
    certificate: undefined,
    kept: undefined,
    attempts: [],
    ...given,
  };
}

/** Port 443 shows that. */
export function shown(given: Partial<ShownCertificate> = {}): DoorAnswer {
  return { address, shown: { ...certificate(), coversDomain: true, ...given } };
}

/** traefik runs, and has said that. */
export function traefik(log: readonly string[] = [], ageSeconds = 30): Partial<AcmeObserved> {
  return {
    service: { ingress: [address], https: true },
    port443: [shown()],
    autohttps: {
      replicas: 1,
      pod: { name: 'autohttps-1', createdSecondsAgo: 400, ageSeconds, ready: true },
      log,
    },
  };
}

/** What traefik 3.6 logs of a certificate that it did not get. */
export function refusal(error: string): string {
  return `2026-11-30T08:59:31Z ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [${domain}]: error: one or more domains had a problem:\\n[${domain}] ${error}" ACME CA=https://${production}/directory domains=["${domain}"] providerName=default.acme`;
}

export function own(given: Partial<OwnCertificate> = {}, rest: Partial<OwnObserved> = {}): OwnObserved {
  return {
    kind: 'own',
    now: '2026-11-30T09:00:00.000Z',
    domain,
    where: 'Secret hub-tls',
    own: {
      ...certificate({ issuer: 'GEANT' }),
      coversDomain: true,
      keyFits: true,
      chain: 'complete',
      chainEnds: 'USERTrust',
      ...given,
    },
    door: { service: { ingress: [address], https: true }, port443: [shown()] },
    ...rest,
  };
}
