import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import {
  planCertificate,
  type CertificateIntent,
} from '../../plan/kubernetes/certificates/plan-certificate.ts';
import type { CertificatesObserved } from '../../plan/kubernetes/certificates/observed.ts';
import { acmeWanted } from '../../plan/kubernetes/certificates/wanted.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { Plan } from '../../plan/plan.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { CertificateHost } from './host.ts';

interface Where {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly host: CertificateHost;
}

/** The certificate and what it hangs on; undefined: the file asks for none. */
export async function observeCertificates({
  environment,
  systems,
  host,
}: Where): Promise<CertificatesObserved | undefined> {
  const want = acmeWanted(environment, systems);
  if (want !== undefined) return host.observe(want);
  return typeof environment.https === 'object' ? host.observeOwn() : undefined;
}

/** @throws UserError where the certificate is not Let's Encrypt's business. */
export async function planForCertificate(
  intent: CertificateIntent,
  where: Where,
): Promise<Plan<ClusterAction>> {
  const { environment } = where;
  const observed = await observeCertificates(where);
  if (observed?.kind === 'letsEncrypt') return planCertificate({ environment, intent, observed });
  const isOff = observed === undefined;
  throw new UserError({
    what: isOff
      ? 'The file asks for no certificate.'
      : 'The certificate is your own: nobody but you can renew or keep it.',
    where: `environment ${environment.name}, https`,
    fix: isOff
      ? 'Write `https: { letsEncrypt: {} }` and `address.domain`, then deploy.'
      : `\`hubwright certificates ${environment.name}\` says whether it is right.`,
    exitCode: 2,
  });
}
