import { issueSteps } from '../../kubernetes/certificates/plan-certificate.ts';
import { firstOpen } from '../../kubernetes/certificates/conditions.ts';
import { type StateName, certificateState } from '../../kubernetes/certificates/state.ts';
import type { Check } from '../check.ts';
import { certificateEvidence, fixOf, hasHttps, subject } from './of-certificates.ts';

const kinds: ReadonlySet<StateName> = new Set(['failed', 'missing', 'otherAuthority', 'notDeployed']);

/** Asked for and not given, another server's, or not even asked for as the file says. */
export const certificateMissing: Check<'certificates'> = {
  id: 'certificate-missing',
  title: 'the certificate that was asked for is there',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, { name }) => {
    const state = certificateState(certificates);
    const { name: is, what, conditions } = state;
    if (!kinds.has(is)) return [];
    const isReady =
      certificates.kind === 'letsEncrypt' && is === 'failed' && firstOpen(conditions) === undefined;
    return [
      {
        subject: subject(certificates),
        harm: 'nobodyGetsIn',
        what,
        evidence: certificateEvidence(state),
        meaning:
          'Browsers warn people off the hub, or refuse to open it. Those who work go on where their page is open.',
        fix: fixOf(state, name),
        ...(isReady ? { repair: issueSteps(certificates) } : {}),
      },
    ];
  },
};
