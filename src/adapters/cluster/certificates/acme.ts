import { UserError } from '../../../errors.ts';
import type {
  AcmeObserved,
  AcmeWanted,
  OwnObserved,
} from '../../../plan/kubernetes/certificates/observed.ts';
import { askResolvers } from '../../dns.ts';
import { type Service, balancerIdOf, serviceRef } from '../balancers/known.ts';
import { ownSecret } from '../certificate.ts';
import type { ClusterContext } from '../context.ts';
import { secretData, secretRef } from '../kept.ts';
import { acmeCertificate } from './acme-store.ts';
import { observeAutohttps } from './autohttps.ts';
import { copiesOf, storedAcme } from './copies.ts';
import { readAttempts } from './ledger.ts';
import { ownCertificate } from './own.ts';
import { loggedAges } from './transparency.ts';
import { askPort80 } from './port80.ts';

/** Everything that a certificate hangs on, looked at side by side. Changes nothing. */
export async function observeAcme(
  context: ClusterContext,
  { domain, authority }: AcmeWanted,
): Promise<AcmeObserved> {
  const { environment, namespace } = context;
  const api = await context.api();
  const { floatingIp, resolvers } = environment.address;
  const [service, dns, autohttps, stored, copies, attempts, logged] = await Promise.all([
    api.get<Service>(serviceRef({ namespace, name: 'proxy-public' })),
    askResolvers(domain, resolvers),
    observeAutohttps(context),
    storedAcme(context),
    copiesOf(context, domain).list(),
    readAttempts(context, domain),
    loggedAges({ domain, authority }, context.env),
  ]);
  const ingress = (service?.status?.loadBalancer?.ingress ?? []).flatMap(
    ({ ip, hostname }) => ip ?? hostname ?? [],
  );
  const kept = copies.find(({ certificate }) => certificate.authority === authority);
  const [balancer, port80] = await Promise.all([
    observeBalancer(context, service),
    Promise.all(ingress.map((address) => askPort80(address, domain))),
  ]);
  return {
    kind: 'letsEncrypt',
    now: new Date(Date.now() + api.clockAhead()).toISOString(),
    domain,
    authority,
    service: service && { ingress, https: service.spec?.ports?.some(({ port }) => port === 443) ?? false },
    balancer,
    floatingIp,
    dns,
    port80,
    autohttps,
    certificate: acmeCertificate(stored, domain),
    kept: kept && { certificate: kept.certificate, where: kept.where },
    attempts,
    ...(logged === undefined ? {} : { logged }),
  };
}

async function observeBalancer(
  { cloud }: ClusterContext,
  service: Service | undefined,
): Promise<AcmeObserved['balancer']> {
  const id = service && balancerIdOf(service);
  if (cloud === undefined) return { notSeen: 'the file names no cloud (`openstack.cloud`)' };
  if (id === undefined) return { notSeen: 'the Service does not say which it is' };
  try {
    const found = await (await cloud()).loadBalancers.get(id);
    return { id, provisioning: found?.provisioning_status ?? 'gone' };
  } catch (error) {
    // No access to the cloud is no reason to look at nothing else.
    if (error instanceof UserError) return { notSeen: error.what };
    throw error;
  }
}

/** A certificate of people's own, as the cluster has it. */
export async function observeOwn({
  api: open,
  environment,
  namespace,
}: ClusterContext): Promise<OwnObserved> {
  const { https, address } = environment;
  const name = ownSecret(typeof https === 'object' ? https.secretName : undefined);
  const api = await open();
  const { 'tls.crt': pem, 'tls.key': key } = (await secretData(api, secretRef(namespace, name))) ?? {};
  return {
    kind: 'own',
    now: new Date(Date.now() + api.clockAhead()).toISOString(),
    domain: address.domain,
    where: `Secret ${name}`,
    own: pem === undefined ? undefined : ownCertificate(pem, key, address.domain),
  };
}
