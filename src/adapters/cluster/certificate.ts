import { X509Certificate } from 'node:crypto';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { ClusterContext } from './context.ts';
import { secretData, secretRef } from './kept.ts';

/** What traefik keeps in `acme.json` (its ACME storage), as far as it is read. */
interface AcmeStore {
  readonly default?: {
    readonly Certificates?:
      | readonly { readonly domain: { readonly main: string }; readonly certificate: string }[]
      | null;
  };
}

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
  const { default: store } = JSON.parse(text || '{}') as AcmeStore;
  const found = store?.Certificates?.find((one) => one.domain.main === domain);
  return found && Buffer.from(found.certificate, 'base64').toString('utf8');
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
