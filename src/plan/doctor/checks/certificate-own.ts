import { ownFaults } from '../../kubernetes/certificates/own.ts';
import type { Check } from '../check.ts';
import { fixOf, hasHttps, subject } from './of-certificates.ts';

/** Of people's own: what browsers do not take. That it ends, or is not there, others tell. */
export const certificateOwn: Check<'certificates'> = {
  id: 'certificate-own',
  title: 'a certificate of your own fits its key, its name and its chain',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, { name }) => {
    if (certificates.kind !== 'own') return [];
    return ownFaults(certificates)
      .filter(({ id }) => id !== 'missing' && id !== 'ended' && id !== 'endsSoon')
      .map(({ id, what, todo }) => ({
        subject: `${subject(certificates)}, ${id}`,
        harm: id === 'chain' ? 'someCannotWork' : 'nobodyGetsIn',
        what,
        evidence: [`${certificates.where}, SHA-256 ${certificates.own?.fingerprint ?? ''}`],
        meaning:
          id === 'chain'
            ? 'Some browsers and every program refuse the hub; others have the missing part from elsewhere.'
            : 'Browsers refuse the hub.',
        fix: fixOf({ todo }, name),
      }));
  },
};
