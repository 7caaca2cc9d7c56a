import { expect, test } from 'vitest';
import { planCertificate } from '../../../../../src/plan/kubernetes/certificates/plan-certificate.ts';
import type { AcmeObserved } from '../../../../../src/plan/kubernetes/certificates/observed.ts';
import { training } from '../observed.ts';
import { acme, certificate, domain, production, shown, traefik } from './kit.ts';

const environment = training(`    contactEmail: ops@example-course.org
    address: { domain: ${domain} }
    https: { letsEncrypt: {} }`);

function issue(given: Partial<AcmeObserved>) {
  const kept = { certificate: certificate(), where: 'Secret x' };
  const observed = acme({ ...traefik(), certificate: certificate(), kept, ...given });
  const plan = planCertificate({ environment, intent: { kind: 'certificate', verb: 'issue' }, observed });
  return { ...plan, kinds: plan.steps.map(({ action }) => action.kind) };
}

test('issue is refused while the file’s domain is not deployed: the request would be for another', () => {
  const deployed = { domains: ['old.example.org'], authority: production };
  const { refusal, steps } = issue({ certificate: undefined, deployed });
  expect(refusal).toMatchObject({
    what: 'The hub is deployed for old.example.org, and the file says hub.example.org.',
    fix: expect.stringContaining('`hubwright deploy training`'),
  });
  expect(steps).toEqual([]);
});

test('issue has traefik load a certificate that it does not show, and asks for none', () => {
  const { kinds, impacts } = issue({ port443: [shown({ fingerprint: 'BB' })] });
  expect(kinds).toEqual(['switchAuthority']);
  expect(impacts).toMatchObject([{ kind: 'websocketsCut' }]);
  expect(issue({}).kinds).toEqual([]);
  const closed = { address: '192.0.2.50', problem: 'the connection is refused', reached: false };
  expect(issue({ port443: [closed] }).kinds).toEqual([]);
});

test('issue renews one that ends soon, whatever port 443 shows', () => {
  const ending = certificate({ daysLeft: 9 });
  expect(issue({ certificate: ending, port443: [shown({ fingerprint: 'BB', issuer: 'x' })] }).kinds).toEqual([
    'awaitConditions',
    'restartAutohttps',
    'awaitCertificate',
    'saveCertificate',
  ]);
});
