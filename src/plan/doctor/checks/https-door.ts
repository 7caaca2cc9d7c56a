import { doorFault, doorSeen } from '../../kubernetes/certificates/door.ts';
import type { Check } from '../check.ts';
import { fixOf, hasHttps, subject } from './of-certificates.ts';

/** What people get who open the hub's address, whatever there is in the cluster. */
export const httpsDoor: Check<'certificates'> = {
  id: 'https-door',
  title: 'port 443 shows the certificate that is there',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, { name }) => {
    const fault = doorFault(certificates);
    if (fault === undefined) return [];
    return [
      {
        subject: subject(certificates),
        harm: fault.id === 'older' ? 'willStop' : 'nobodyGetsIn',
        what: fault.what,
        evidence: doorSeen(certificates).map(({ seen }) => seen),
        meaning: meanings[fault.id],
        fix: fixOf(fault, name),
      },
    ];
  },
};

const meanings = {
  off: 'Nobody gets to the hub at https://, and at http:// passwords travel in the clear.',
  closed: 'Nobody gets to the hub at https://.',
  older: 'Nobody notices until the one that is shown has ended; then browsers refuse the hub.',
  other: 'Browsers warn people off the hub, or refuse to open it.',
} as const;
