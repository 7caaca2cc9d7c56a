import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { acmeCertificate, acmeKey, acmeSecret } from './certificates/acme-store.ts';
import { observeCopies } from './certificates/copies.ts';
import { factsOf } from './certificates/x509.ts';
import type { ClusterContext } from './context.ts';
import { secretData, secretRef } from './kept.ts';

/** The Secret in which the chart puts a certificate of files. */
const manualSecret = 'proxy-public-manual-tls';

/** The one that the hub shows, and the copies that are kept. */
export async function observeCertificates(
  api: KubernetesApi,
  context: ClusterContext,
): Promise<Pick<ClusterObserved, 'certificate' | 'keptCertificates'>> {
  const [certificate, keptCertificates] = await Promise.all([
    observeCertificate(api, context),
    observeCopies(context),
  ]);
  return { certificate, keptCertificates };
}

/** The certificate that belongs to the file's way of HTTPS; undefined: none is there, or it cannot be read. */
export async function observeCertificate(
  api: KubernetesApi,
  { environment, namespace }: ClusterContext,
): Promise<ClusterObserved['certificate']> {
  const { https, address } = environment;
  if (typeof https !== 'object') return undefined;
  const data = await secretData(
    api,
    secretRef(namespace, https.letsEncrypt ? acmeSecret : ownSecret(https.secretName)),
  );
  if (data === undefined) return undefined;
  if (https.letsEncrypt) return acmeCertificate(data[acmeKey], address.domain);
  const pem = data['tls.crt'];
  return pem === undefined ? undefined : factsOf(pem);
}

/** Where a certificate of people's own is in the cluster. */
export function ownSecret(secretName: string | undefined): string {
  return secretName ?? manualSecret;
}
