import { type X509Certificate, createPrivateKey } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { OwnCertificate } from '../../../plan/kubernetes/certificates/observed.ts';
import { chainOf, covers, factsOf } from './x509.ts';

/**
 * What can be told of a certificate of people's own; undefined: the text holds none.
 *
 * @param pem The certificate, and behind it those of its chain.
 * @param key A secret; undefined where it cannot be had.
 */
export function ownCertificate(
  pem: string,
  key: string | undefined,
  domain: string | undefined,
): OwnCertificate | undefined {
  const facts = factsOf(pem);
  const certificates = facts === undefined ? [] : parsedChain(pem);
  const [first] = certificates;
  const last = certificates.at(-1);
  if (facts === undefined || first === undefined || last === undefined) return undefined;
  return {
    ...facts,
    coversDomain: domain === undefined || covers(first, domain),
    keyFits: key === undefined ? undefined : keyFits(first, key),
    chain: chainState(certificates),
    chainEnds: commonName(last.issuer),
  };
}

/** One that is broken ends the chain. */
function parsedChain(pem: string): X509Certificate[] {
  try {
    return chainOf(pem);
  } catch {
    return [];
  }
}

function keyFits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    // Not a key, or one with a password.
    return false;
  }
}

function chainState(certificates: readonly X509Certificate[]): OwnCertificate['chain'] {
  const follows = certificates.every((one, index) => {
    const next = certificates[index + 1];
    return next === undefined || vouches(next, one);
  });
  if (!follows) return 'wrongOrder';
  const last = certificates.at(-1) as X509Certificate;
  // With its root, a private authority's say, a chain is whole.
  if (vouches(last, last)) return certificates.length > 1 ? 'complete' : 'selfSigned';
  return knownRoots(last.issuer).some((root) => vouches(root, last)) ? 'complete' : 'incomplete';
}

function vouches(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Of those that browsers know, as Mozilla lists them and Node.js ships them. */
function knownRoots(subject: string): X509Certificate[] {
  return rootCertificates.flatMap((root) => chainOf(root)).filter((root) => root.subject === subject);
}

function commonName(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');
}
