import { certificateState } from '../../kubernetes/certificates/state.ts';
import { saveStep } from '../../kubernetes/certificates/common-steps.ts';
import type { Check } from '../check.ts';
import { hasHttps, subject } from './of-certificates.ts';

/** It was renewed since, say. */
export const certificateUnsaved: Check<'certificates'> = {
  id: 'certificate-unsaved',
  title: 'a copy of the certificate is kept',
  page: 'certificates',
  needs: ['certificates'],
  applies: hasHttps,
  examine: ({ certificates }, { name }) => {
    if (certificates.kind === 'own' || certificates.certificate === undefined) return [];
    const { certificate, kept, domain, authority } = certificates;
    const { name: is } = certificateState(certificates);
    if (is !== 'issued' && is !== 'notShown') return [];
    if (kept !== undefined && kept.certificate.until >= certificate.until) return [];
    return [
      {
        subject: subject(certificates),
        harm: 'leftOver',
        what: `No copy of the certificate of ${domain} is kept${kept === undefined ? '' : ', but of an older one'}.`,
        evidence: kept === undefined ? [] : [`${kept.where} holds until ${kept.certificate.until}`],
        meaning: 'Where the namespace is lost, a new one has to be asked for, and five a week are allowed.',
        fix: `\`hubwright certificates ${name} save\``,
        repair: [saveStep({ domain, authority }, [])],
      },
    ];
  },
};
