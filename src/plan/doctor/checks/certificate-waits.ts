import { type StateName, certificateState } from '../../kubernetes/certificates/state.ts';
import type { Check } from '../check.ts';
import { certificateEvidence, fixOf, hasHttps, subject } from './of-certificates.ts';

const waiting: ReadonlySet<StateName> = new Set([
  'noAddress',
  'balancerNotReady',
  'floatingIpWrong',
  'dnsWrong',
  'portClosed',
  'budgetSpent',
  'ready',
]);

/** Not asked for yet, because a request would fail. */
export const certificateWaits: Check<'certificates'> = {
  id: 'certificate-waits',
  title: 'nothing stands in the way of the certificate',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, { name }) => {
    const state = certificateState(certificates);
    if (!waiting.has(state.name)) return [];
    return [
      {
        subject: subject(certificates),
        harm: 'nobodyGetsIn',
        what: state.what,
        evidence: certificateEvidence(state),
        meaning:
          'HTTPS is off until the certificate can be asked for: nobody should log in before, because passwords would travel in the clear.',
        fix: `${fixOf(state, name)} \`hubwright deploy ${name}\` goes on from there.`,
      },
    ];
  },
};
