import { nowOf } from '../../kubernetes/age.ts';
import type {
  AcmeObserved,
  AcmeWanted,
  OwnObserved,
} from '../../../plan/kubernetes/certificates/observed.ts';
import { askResolvers } from '../../dns.ts';
import { ownInCluster } from '../certificate.ts';
import type { ClusterContext } from '../context.ts';
import { acmeCertificate } from './acme-store.ts';
import { observeAutohttps } from './autohttps.ts';
import { copiesOf, storedAcme } from './copies.ts';
import { readAttempts } from './ledger.ts';
import { acmeDeployed } from './deployed.ts';
import { askHttps, observePublicDoor } from './public-door.ts';
import { publicLogs } from './transparency.ts';
import { askPort80 } from './port80.ts';

/** Everything that a certificate hangs on, looked at side by side. Changes nothing. */
export async function observeAcme(
  context: ClusterContext,
  { domain, authority }: AcmeWanted,
): Promise<AcmeObserved> {
  const api = await context.api();
  const { floatingIp, resolvers } = context.environment.address;
  const [door, deployed, dns, autohttps, stored, copies, attempts, logs] = await Promise.all([
    observePublicDoor(context),
    acmeDeployed(context),
    askResolvers(domain, resolvers),
    observeAutohttps(context),
    storedAcme(context),
    copiesOf(context, domain).list(),
    readAttempts(context, domain),
    publicLogs({ domain, authority }, context.env),
  ]);
  const kept = copies.find(({ certificate }) => certificate.authority === authority);
  const [port80, port443] = await Promise.all([
    Promise.all(door.addresses.map((address) => askPort80(address, domain))),
    askHttps(door, domain),
  ]);
  return {
    kind: 'letsEncrypt',
    now: new Date(nowOf(api)).toISOString(),
    domain,
    authority,
    service: door.service,
    balancer: door.balancer,
    floatingIp,
    dns,
    port80,
    port443,
    deployed,
    autohttps,
    certificate: acmeCertificate(stored, domain),
    kept: kept && { certificate: kept.certificate, where: kept.where },
    attempts,
    logs,
  };
}

/** A certificate of people's own, as the cluster has it and as the world is shown it. */
export async function observeOwn(context: ClusterContext): Promise<OwnObserved> {
  const [own, door] = await Promise.all([ownInCluster(context), observePublicDoor(context)]);
  return { ...own, door: { service: door.service, port443: await askHttps(door, own.domain) } };
}
