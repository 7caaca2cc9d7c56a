import { X509Certificate } from 'node:crypto';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { ClusterContext } from './context.ts';
import { secretData, secretRef } from './kept.ts';

/** What traefik keeps in `acme.json` (its ACME storage), as far as it is read. Nothing of it is sure to be there. */
interface AcmeStore {
  readonly default?: { readonly Certificates?: unknown } | null;
}

type Entry = { readonly domain?: { readonly main?: string }; readonly certificate?: unknown } | null;

/** The certificate that belongs to the file's way of HTTPS; undefined: none is there, or it cannot be read. */
export async function observeCertificate(
  api: KubernetesApi,
  { environment, namespace }: ClusterContext,
): Promise<ClusterObserved['certificate']> {
  const { https, address } = environment;
  if (typeof https !== 'object') return undefined;
  const name = https.letsEncrypt ? 'proxy-public-tls-acme' : (https.secretName ?? 'proxy-public-manual-tls');
  const data = await secretData(api, secretRef(namespace, name));
  if (data === undefined) return undefined;
  const pem = https.letsEncrypt ? acmePem(data['acme.json'], address.domain) : data['tls.crt'];
  return pem === undefined ? undefined : described(pem);
}

function acmePem(text: string | undefined, domain: string | undefined): string | undefined {
  const certificates = acmeStore(text).default?.Certificates;
  if (!Array.isArray(certificates)) return undefined;
  const found = (certificates as Entry[]).find((one) => one?.domain?.main === domain)?.certificate;
  return typeof found === 'string' ? Buffer.from(found, 'base64').toString('utf8') : undefined;
}

/** secret-sync may have saved it while traefik wrote it: what cannot be read holds no certificate. */
function acmeStore(text: string | undefined): AcmeStore {
  try {
    return (JSON.parse(text || '{}') as AcmeStore | null) ?? {};
  } catch {
    return {};
  }
}

function described(pem: string): ClusterObserved['certificate'] {
  try {
    const { subjectAltName, issuer, validTo } = new X509Certificate(pem);
    const names = (subjectAltName ?? '').split(', ').map((name) => name.replace(/^DNS:/, ''));
    const organisation = /^(?:O|CN)=(.*)$/m.exec(issuer)?.[1] ?? issuer;
    const daysLeft = Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000);
    return { names, issuer: organisation, daysLeft };
  } catch {
    // Not a certificate at all, which is as good as none.
    return undefined;
  }
}
