import { nowOf } from '../kubernetes/age.ts';
import { valueAt } from '../../config/merge.ts';
import type { Environment } from '../../config/schema/environment.ts';
import type { Attempt, OwnObserved } from '../../plan/kubernetes/certificates/observed.ts';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { readCertificateFiles } from '../certificate-files.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { acmeCertificate, acmeKey, acmeSecret } from './certificates/acme-store.ts';
import { observeCopies } from './certificates/copies.ts';
import { readAttempts } from './certificates/ledger.ts';
import { ownCertificate } from './certificates/own.ts';
import { factsOf } from './certificates/x509.ts';
import type { ClusterContext } from './context.ts';
import { secretData, secretRef } from './kept.ts';

/** The Secret in which the chart puts a certificate of files. */
const manualSecret = 'proxy-public-manual-tls';

/** The one that the hub shows, and the copies that are kept. */
export async function observeCertificates(
  api: KubernetesApi,
  context: ClusterContext,
): Promise<Pick<ClusterObserved, 'certificate' | 'keptCertificates' | 'requests' | 'ownCertificate'>> {
  const [certificate, keptCertificates, requests, toDeploy] = await Promise.all([
    observeCertificate(api, context),
    observeCopies(context),
    observeRequests(context),
    ownToDeploy(context),
  ]);
  return { certificate, keptCertificates, requests, ownCertificate: toDeploy };
}

async function observeRequests(context: ClusterContext): Promise<readonly Attempt[]> {
  const { https, address } = context.environment;
  const isOurs = typeof https === 'object' && https.letsEncrypt !== undefined;
  return isOurs && address.domain !== undefined ? readAttempts(context, address.domain) : [];
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
  const pem = data[ownKeys(environment).certificate];
  return pem === undefined ? undefined : factsOf(pem);
}

/** A certificate of people's own, where a deploy takes it from; undefined: the file asks for none. */
async function ownToDeploy(context: ClusterContext): Promise<OwnObserved | undefined> {
  const { environment, configFolder: folder } = context;
  const { https, address } = environment;
  if (typeof https !== 'object' || https.letsEncrypt) return undefined;
  if (https.files === undefined) return ownInCluster(context);
  return readCertificateFiles({ ...https.files, folder, domain: address.domain });
}

/** A certificate of people's own, as the cluster has it. */
export async function ownInCluster(context: ClusterContext): Promise<OwnObserved> {
  const { environment, namespace } = context;
  const { https, address } = environment;
  const name = ownSecret(typeof https === 'object' ? https.secretName : undefined);
  const api = await context.api();
  const data = (await secretData(api, secretRef(namespace, name))) ?? {};
  const keys = ownKeys(environment);
  const pem = data[keys.certificate];
  return {
    kind: 'own',
    now: new Date(nowOf(api)).toISOString(),
    domain: address.domain,
    where: `Secret ${name}`,
    own: pem === undefined ? undefined : ownCertificate(pem, data[keys.key], address.domain),
  };
}

/** Under which keys the chart looks into the Secret; others can be given in its values. */
function ownKeys({ helmValues }: Environment): { readonly certificate: string; readonly key: string } {
  const given = (name: string, usual: string): string => {
    const value = valueAt(helmValues.jupyterhub, ['proxy', 'https', 'secret', name]);
    return typeof value === 'string' ? value : usual;
  };
  return { certificate: given('crt', 'tls.crt'), key: given('key', 'tls.key') };
}

/** Where a certificate of people's own is in the cluster. */
function ownSecret(secretName: string | undefined): string {
  return secretName ?? manualSecret;
}
