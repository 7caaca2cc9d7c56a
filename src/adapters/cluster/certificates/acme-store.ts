import { productionAuthority } from '../../../config/acme-values.ts';
import type { AcmeCertificate } from '../../../plan/kubernetes/certificates/observed.ts';
import { factsOf } from './x509.ts';

/** Where secret-sync of z2jh keeps what traefik has, and under which key. */
export const acmeSecret = 'proxy-public-tls-acme';
export const acmeKey = 'acme.json';

/** What traefik keeps in `acme.json` (its ACME storage), as far as it is read. Nothing of it is sure to be there. */
interface AcmeStore {
  readonly default?: {
    readonly Account?: { readonly Registration?: { readonly uri?: unknown } | null } | null;
    readonly Certificates?: unknown;
  } | null;
}

type Entry = { readonly domain?: { readonly main?: string }; readonly certificate?: unknown } | null;

/** The certificate for that name, with the server that has given it; undefined: there is none that can be read. */
export function acmeCertificate(
  text: string | undefined,
  domain: string | undefined,
): AcmeCertificate | undefined {
  const { default: resolver } = parsed(text);
  const pem = certificatePem(resolver?.Certificates, domain);
  const facts = pem === undefined ? undefined : factsOf(pem);
  return (
    facts && { ...facts, authority: authorityOf(facts.issuer, hostOf(resolver?.Account?.Registration?.uri)) }
  );
}

/** The same as PEM, which holds nothing secret. */
export function acmePem(text: string, domain: string): string | undefined {
  return certificatePem(parsed(text).default?.Certificates, domain);
}

function certificatePem(certificates: unknown, domain: string | undefined): string | undefined {
  if (!Array.isArray(certificates)) return undefined;
  const found = (certificates as Entry[]).find((one) => one?.domain?.main === domain)?.certificate;
  return typeof found === 'string' ? Buffer.from(found, 'base64').toString('utf8') : undefined;
}

/** secret-sync may have saved it while traefik wrote it: what cannot be read holds no certificate. */
function parsed(text: string | undefined): AcmeStore {
  try {
    return (JSON.parse(text || '{}') as AcmeStore | null) ?? {};
  } catch {
    return {};
  }
}

/** Of an address; undefined: it is none. */
function hostOf(uri: unknown): string | undefined {
  return typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).host : undefined;
}

/**
 * After a change of the server the account beside a certificate is the new one's (traefik makes one), and the certificate is not:
 * of Let's Encrypt's two servers it tells itself which has given it.
 */
function authorityOf(issuer: string, account: string | undefined): string | undefined {
  if (!issuer.includes("Let's Encrypt")) return account;
  return issuer.includes('(STAGING)') ? 'acme-staging-v02.api.letsencrypt.org' : productionAuthority;
}
