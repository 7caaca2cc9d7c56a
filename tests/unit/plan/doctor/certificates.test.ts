import { describe, expect, test } from 'vitest';
import type { CertificatesObserved } from '../../../../src/plan/kubernetes/certificates/observed.ts';
import { checks } from '../../../../src/plan/doctor/checks/index.ts';
import { examineAll, inOrderOfHarm } from '../../../../src/plan/doctor/examine.ts';
import {
  acme,
  answer,
  certificate,
  own,
  production,
  refusal,
  shown,
  staging,
  traefik,
} from '../kubernetes/certificates/kit.ts';
import { training } from '../kubernetes/observed.ts';

const environment = training(`    contactEmail: ops@example-course.org
    address: { domain: hub.example.org }
    https: { letsEncrypt: {} }`);
const ofCertificates = checks.filter(({ needs }) => needs.join() === 'certificates');

function found(observed: CertificatesObserved) {
  const examined = examineAll(ofCertificates, { certificates: { seen: observed } }, environment);
  return inOrderOfHarm(examined).map(({ check: { id }, finding }) => ({ id, ...finding }));
}

const kept = { certificate: certificate(), where: 'Secret x' };
const elsewhere = { domains: ['old.example.org'], authority: production };
const ended = {
  service: { ingress: ['192.0.2.50'], https: true },
  port443: [shown({ daysLeft: -1 })],
};
const closed = { port80: [{ address: '192.0.2.50', problem: 'the connection is refused' }] };
const caused = traefik([
  refusal('acme: error: 403 :: urn:ietf:params:acme:error:caa :: CAA record prevents issuance'),
]);

describe('the doctor on certificates', () => {
  test.each<[ids: string[], harm: string | undefined, observed: CertificatesObserved]>([
    [[], undefined, acme({ ...traefik(), certificate: certificate(), kept })],
    [[], undefined, acme(traefik())],
    [['certificate-waits'], 'nobodyGetsIn', acme({ dns: [answer({ a: [] })] })],
    [['certificate-waits'], 'nobodyGetsIn', acme()],
    [['certificate-missing'], 'nobodyGetsIn', acme(caused)],
    [
      ['certificate-missing'],
      'nobodyGetsIn',
      acme({ ...traefik(), certificate: certificate({ authority: staging }) }),
    ],
    [
      ['certificate-ends'],
      'nobodyGetsIn',
      acme({ ...traefik(), certificate: certificate({ daysLeft: -1 }) }),
    ],
    [['certificate-ends'], 'willStop', acme({ ...caused, certificate: certificate({ daysLeft: 29 }) })],
    [['certificate-ends'], 'willStop', acme({ ...traefik(), certificate: certificate({ daysLeft: 14 }) })],
    [[], undefined, acme({ ...traefik(), certificate: certificate({ daysLeft: 29 }) })],
    [['certificate-unsaved'], 'leftOver', acme({ ...traefik(), certificate: certificate() })],
    [['port-80-closed'], 'willStop', acme({ ...traefik(), ...closed, certificate: certificate(), kept })],
    [[], undefined, own()],
    [['certificate-own', 'certificate-own'], 'nobodyGetsIn', own({ keyFits: false, coversDomain: false })],
    [['certificate-own'], 'someCannotWork', own({ chain: 'incomplete' })],
    [['https-door'], 'willStop', own({ fingerprint: 'NEW' })],
    [['https-door'], 'nobodyGetsIn', own({ fingerprint: 'NEW' }, { door: ended })],
    [
      ['https-door'],
      'nobodyGetsIn',
      acme({ ...traefik(), certificate: certificate(), kept, autohttps: undefined }),
    ],
    [
      ['https-door', 'certificate-unsaved'],
      'willStop',
      acme({ ...traefik(), certificate: certificate(), port443: [shown({ fingerprint: 'BB' })] }),
    ],
    [
      ['https-door', 'certificate-ends'],
      'nobodyGetsIn',
      acme({
        ...traefik(),
        certificate: certificate({ daysLeft: 9 }),
        kept,
        service: { ingress: [], https: false },
      }),
    ],
    [['certificate-missing'], 'nobodyGetsIn', acme({ ...traefik(), deployed: elsewhere })],
    [['certificate-ends'], 'willStop', own({ daysLeft: 20 })],
    [['certificate-missing'], 'nobodyGetsIn', own({}, { own: undefined })],
  ])('finds %j', (ids, harm, observed) => {
    const findings = found(observed);
    expect(findings.map(({ id }) => id)).toEqual(ids);
    expect(findings[0]?.harm).toBe(harm);
    for (const { what, meaning, fix } of findings) {
      expect(what).toMatch(/\.$/);
      expect(meaning).toMatch(/\.$/);
      expect(fix).not.toContain('ENV');
    }
  });

  test('asks again by itself only where a request can succeed', () => {
    const repairs = (observed: CertificatesObserved) => found(observed)[0]?.repair?.map(({ id }) => id);
    expect(repairs(acme(caused))).toEqual([
      'certificate:conditions',
      'certificate:restart',
      'certificate:issued',
      'certificate:save',
    ]);
    expect(repairs(acme({ ...caused, ...closed }))).toBeUndefined();
    expect(repairs(acme({ ...caused, deployed: elsewhere }))).toBeUndefined();
  });
});
