import type { Environment } from '../../config/schema/environment.ts';
import { tellDays } from '../../config/certificate-days.ts';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import type { Trouble } from '../../plan/trouble.ts';

/** Whose certificate the hub shows, and for how long. */
export function certificateNote({ certificate }: ClusterObserved): string[] {
  if (certificate === undefined) return [];
  const { names, issuer, daysLeft } = certificate;
  return [`certificate of ${names.join(', ')} from ${issuer}, ${daysLeft} days left`];
}

/** A certificate that is not there, or not for much longer. */
export function certificateTrouble(
  { name, https }: Environment,
  { certificate }: ClusterObserved,
): Trouble[] {
  if (typeof https !== 'object') return [];
  const fix = `hubwright certificates ${name}`;
  if (certificate === undefined) return [{ kind: 'certificate', what: 'there is no certificate', fix }];
  const { names, daysLeft } = certificate;
  if (daysLeft > tellDays[https.letsEncrypt ? 'letsEncrypt' : 'own']) return [];
  const when = daysLeft < 0 ? `ended ${-daysLeft} days ago` : `ends in ${daysLeft} days`;
  return [{ kind: 'certificate', what: `the certificate of ${names.join(', ')} ${when}`, fix }];
}
