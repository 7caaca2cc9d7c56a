import { certificateState } from '../../kubernetes/certificates/state.ts';
import { conditionsOf } from '../../kubernetes/certificates/conditions.ts';
import type { Check } from '../check.ts';
import { fixOf, hasHttps, subject } from './of-certificates.ts';

/** While the certificate holds nobody notices, until it is to be renewed. */
export const port80Closed: Check<'certificates'> = {
  id: 'port-80-closed',
  title: 'port 80 answers, by which the certificate is renewed',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, environment) => {
    if (certificates.kind === 'own') return [];
    const { name } = certificateState(certificates);
    const isHeld = name === 'notShown' && certificates.service !== undefined;
    if (name !== 'issued' && name !== 'renewing' && !isHeld) return [];
    const port = conditionsOf(certificates).find(({ id, holds }) => id === 'port80' && holds === false);
    if (port === undefined) return [];
    return [
      {
        subject: subject(certificates),
        harm: 'willStop',
        what: 'Port 80 of the hub does not answer.',
        evidence: [port.seen],
        meaning:
          'The certificate cannot be renewed: Let’s Encrypt asks port 80. Until it ends nobody notices.',
        fix: fixOf(port, environment.name),
      },
    ];
  },
};
