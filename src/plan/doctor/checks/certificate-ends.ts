import { firstOpen } from '../../kubernetes/certificates/conditions.ts';
import type { CertificatesObserved } from '../../kubernetes/certificates/observed.ts';
import { tellDays } from '../../../config/certificate-days.ts';
import { issueSteps } from '../../kubernetes/certificates/plan-certificate.ts';
import { type CertificateState, certificateState } from '../../kubernetes/certificates/state.ts';
import type { Check } from '../check.ts';
import { certificateEvidence, fixOf, hasHttps, subject } from './of-certificates.ts';

export const certificateEnds: Check<'certificates'> = {
  id: 'certificate-ends',
  title: 'the certificate holds for longer, or is being renewed',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, { name }) => {
    const state = certificateState(certificates);
    if (state.name !== 'ended' && state.name !== 'endsSoon' && !isLate(certificates, state)) return [];
    const isReady = certificates.kind === 'letsEncrypt' && firstOpen(state.conditions) === undefined;
    return [
      {
        subject: subject(certificates),
        harm: state.name === 'ended' ? 'nobodyGetsIn' : 'willStop',
        what: state.what,
        evidence: certificateEvidence(state),
        meaning: 'Once it has ended browsers refuse the hub, and nobody new gets in.',
        fix: fixOf(state, name),
        ...(isReady ? { repair: issueSteps(certificates) } : {}),
      },
    ];
  },
};

function isLate(observed: CertificatesObserved, { name, cause }: CertificateState): boolean {
  // What else is wrong with it is told by others.
  if ((name !== 'renewing' && name !== 'notShown') || observed.kind === 'own') return false;
  return cause !== undefined || (observed.certificate?.daysLeft ?? 0) <= tellDays.letsEncrypt;
}
