import { UserError } from '../../../errors.ts';
import type { AcmeCertificate, AcmeWanted } from '../../../plan/kubernetes/certificates/observed.ts';
import { systemClock } from '../../clock.ts';
import type { ClusterContext } from '../context.ts';
import { keptSecret, secretRef } from '../kept.ts';
import { seconds } from '../telling.ts';
import { observeAcme, observeOwn } from './acme.ts';
import { acmeCertificate, acmeKey, acmeSecret } from './acme-store.ts';
import { observeAutohttps, startAutohttps, stopAutohttps } from './autohttps.ts';
import { copiesOf, storedAcme } from './copies.ts';
import { noteOutcome, noteRequest, noteSeen, takeBack } from './ledger.ts';

type Report = (text: string) => void;

/** What can be done about the certificate of an environment. Implements `CertificateHost` of `operate/certificates/host.ts`. */
export function certificateHost(context: ClusterContext) {
  return {
    observe: (want: AcmeWanted) => observeAcme(context, want),
    observeOwn: () => observeOwn(context),
    traefik: async ({ domain }: AcmeWanted) => {
      const [autohttps, stored] = await Promise.all([observeAutohttps(context), storedAcme(context)]);
      return { autohttps, certificate: acmeCertificate(stored, domain) };
    },
    stop: (report: Report) => stopAutohttps({ context, report }, seconds('gone', context)),
    start: (report: Report) => startAutohttps({ context, report }),
    noteRequest: ({ domain, authority }: AcmeWanted) => noteRequest(context, domain, authority),
    takeBack: ({ domain, authority }: AcmeWanted) => takeBack(context, domain, authority),
    noteSeen: (domain: string, authority: string) => noteSeen(context, domain, authority),
    noteOutcome: (domain: string, end: Parameters<typeof noteOutcome>[2]) =>
      noteOutcome(context, domain, end),
    save: (domain: string) => save(context, domain),
    openCopy: (want: AcmeWanted, identityFile?: string) => openCopy(context, want, identityFile),
    forget: async () => void (await (await context.api()).delete(secretRef(context.namespace, acmeSecret))),
    clock: systemClock,
    waitSeconds: seconds('ready', context),
  };
}

interface Saved {
  readonly certificate: AcmeCertificate;
  readonly where: string;
}

/** Keeps a copy of the certificate that is there; undefined: none is, or one that holds for longer is kept already. */
async function save(context: ClusterContext, domain: string): Promise<Saved | undefined> {
  const text = await storedAcme(context);
  const certificate = acmeCertificate(text, domain);
  if (text === undefined || certificate === undefined || certificate.daysLeft < 0) return undefined;
  const copies = copiesOf(context, domain);
  const kept = (await copies.list()).find((copy) => copy.certificate.authority === certificate.authority);
  if (kept !== undefined && kept.certificate.until >= certificate.until) return undefined;
  return { certificate, where: await copies.write(text, certificate) };
}

/** @throws UserError when there is none that holds, or it cannot be read here. */
async function openCopy(
  context: ClusterContext,
  { domain, authority }: AcmeWanted,
  identityFile: string | undefined,
) {
  const copies = await copiesOf(context, domain, identityFile).list();
  const copy = copies.find(({ certificate }) => certificate.authority === authority);
  if (copy === undefined || copy.certificate.daysLeft < 0) {
    throw new UserError({
      what: `There is no copy of a certificate for ${domain} from ${authority} that still holds.`,
      where: copy?.where,
      fix: `\`hubwright certificates ${context.environment.name} issue\` asks for a new one.`,
    });
  }
  const text = await copy.read();
  return { certificate: copy.certificate, where: copy.where, putBack: () => putBack(context, text) };
}

/** Into the Secret from which autohttps takes it when it starts. */
async function putBack({ api, namespace, environment }: ClusterContext, text: string): Promise<void> {
  const release = environment.kubernetes?.release ?? '';
  // As secret-sync of z2jh makes it: it goes on with this one.
  const labels = {
    'app.kubernetes.io/name': 'jupyterhub',
    'app.kubernetes.io/instance': release,
    'app.kubernetes.io/managed-by': 'secret-sync',
  };
  await (await api()).apply(keptSecret(namespace, acmeSecret, labels, { [acmeKey]: text }), { force: true });
}
