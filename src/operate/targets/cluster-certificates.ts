import type { Environment } from '../../config/schema/environment.ts';
import type { Seen } from '../../plan/doctor/check.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import { unsettled } from '../../plan/kubernetes/balancers/unsettled.ts';
import type { CertificatesObserved } from '../../plan/kubernetes/certificates/observed.ts';
import type { CertificateIntent } from '../../plan/kubernetes/certificates/plan-certificate.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { observeCertificates, planForCertificate } from '../certificates/observe.ts';
import { isOfCertificates, performCertificate } from '../certificates/perform.ts';
import { asRequest } from '../certificates/request.ts';
import type { ClusterHost } from './cluster-host.ts';
import { systemsOf } from './cluster-systems.ts';

/** For the doctor. */
export async function certificateSource(
  environment: Environment,
  host: ClusterHost,
): Promise<Seen<CertificatesObserved>> {
  const observed = await certificatesOf(environment, host);
  return observed === undefined
    ? { notSeen: 'The file asks for no certificate (`https`).', failed: false }
    : { seen: observed };
}

export async function certificatesOf(
  environment: Environment,
  host: ClusterHost,
): Promise<CertificatesObserved | undefined> {
  const systems = await systemsOf(environment, host);
  return observeCertificates({ environment, systems, host: host.certificates });
}

export async function planCertificates(
  environment: Environment,
  host: ClusterHost,
  intent: CertificateIntent,
): Promise<Plan<ClusterAction>> {
  const systems = await systemsOf(environment, host);
  return planForCertificate(intent, { environment, systems, host: host.certificates });
}

/** Does a step: what is about certificates waits and judges, and so is done here. */
export async function performStep(
  step: Step<ClusterAction>,
  report: (text: string) => void,
  { environment, host }: { readonly environment: Environment; readonly host: ClusterHost },
): Promise<void> {
  const { id, title, action } = step;
  if (!isOfCertificates(action)) {
    const asks = 'asksFor' in action ? action.asksFor : undefined;
    const perform = (): Promise<void> => host.perform({ ...step, action }, { report, unsettled });
    return asks === undefined ? perform() : asRequest(asks, host.certificates, perform);
  }
  const work = { host: host.certificates, environment: environment.name, report };
  return host.noted(id, title, () => performCertificate(action, work));
}
