import type { Environment } from '../../../config/schema/environment.ts';
import type { CertificatesObserved } from '../../kubernetes/certificates/observed.ts';
import { type CertificateState, forEnvironment } from '../../kubernetes/certificates/state.ts';

export function hasHttps({ target, https }: Environment): boolean {
  return target === 'kubernetes' && typeof https === 'object';
}

export function subject({ domain }: CertificatesObserved): string {
  return `certificate of ${domain ?? 'the hub'}`;
}

/** What was seen on the way to it, and the line of the log that says why. */
export function certificateEvidence({ conditions, cause }: CertificateState): string[] {
  const seen = conditions.map(({ holds, seen: text }) => (holds === false ? `not yet: ${text}` : text));
  return cause === undefined || cause.line === '' ? seen : [...seen, cause.line];
}

/** The next thing to do. */
export function fixOf({ todo }: Pick<CertificateState, 'todo'>, environment: string): string {
  return forEnvironment(todo ?? '`hubwright certificates ENV` shows how it is.', environment);
}
