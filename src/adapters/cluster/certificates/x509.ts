import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../../plan/kubernetes/certificates/observed.ts';

/** What stands in the first certificate of a PEM text; undefined: it holds none. */
export function factsOf(pem: string): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { subjectAltName, issuer, validFrom, validTo, fingerprint256 } = certificate;
    const names = (subjectAltName ?? '').split(', ').map((name) => name.replace(/^DNS:/, ''));
    const until = Date.parse(validTo);
    return {
      names,
      issuer: /^(?:O|CN)=(.*)$/m.exec(issuer)?.[1] ?? issuer,
      from: new Date(validFrom).toISOString(),
      until: new Date(until).toISOString(),
      daysLeft: Math.floor((until - Date.now()) / 86_400_000),
      fingerprint: fingerprint256,
    };
  } catch {
    // Not a certificate at all, which is as good as none.
    return undefined;
  }
}

/** As browsers judge: a name that stands in the subject alone counts for nothing. */
export function covers(certificate: X509Certificate, domain: string): boolean {
  return certificate.checkHost(domain, { subject: 'never', partialWildcards: false }) !== undefined;
}

/** Each certificate of a PEM text, in its order. @throws where one is broken. */
export function chainOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
