import { describe, expect, test } from 'vitest';
import type { ClusterAction } from '../../../../../src/plan/kubernetes/actions.ts';
import type { AcmeObserved } from '../../../../../src/plan/kubernetes/certificates/observed.ts';
import { planCertificate } from '../../../../../src/plan/kubernetes/certificates/plan-certificate.ts';
import type { Plan } from '../../../../../src/plan/plan.ts';
import { training } from '../observed.ts';
import { acme, certificate, domain, production, traefik } from './kit.ts';

const environment = training(`    contactEmail: ops@example-course.org
    address: { domain: ${domain} }
    https: { letsEncrypt: {} }`);
const asking = ['certificate:conditions', 'certificate:restart'];
const waiting = ['certificate:issued', 'certificate:save'];

function planOf(verb: 'issue' | 'restore', given: Partial<AcmeObserved>): Plan<ClusterAction> {
  const observed = acme({ ...traefik(), ...given });
  return planCertificate({ environment, intent: { kind: 'certificate', verb }, observed });
}

function idsOf(verb: 'issue' | 'restore', given: Partial<AcmeObserved>): string[] {
  return planOf(verb, given).steps.map(({ id }) => id);
}

const copy = { certificate: certificate(), where: 'Secret x' };
const { autohttps } = traefik();
const stopped = { replicas: 0, pod: undefined, log: [] };

describe('`issue` after a run that was cut off', () => {
  test('waits for a renewal that is asked for, and asks for no second one', () => {
    const old = { certificate: certificate({ daysLeft: 10 }) };
    const started = { ...autohttps, replicas: 1, log: [], pod: { ...autohttps?.pod, createdSecondsAgo: 50 } };
    const asked = (ageSeconds: number): Partial<AcmeObserved> => ({
      ...old,
      autohttps: started as NonNullable<AcmeObserved['autohttps']>,
      attempts: [{ ageSeconds, authority: production, outcome: 'asked' }],
    });
    expect(idsOf('issue', old)).toEqual([...asking, ...waiting]);
    expect(idsOf('issue', asked(60))).toEqual(waiting);
    // Written down, and not asked yet; and one of which nothing came.
    expect(idsOf('issue', asked(40))).toEqual([...asking, ...waiting]);
    expect(idsOf('issue', asked(400))).toEqual([...asking, ...waiting]);
  });

  test('keeps a copy, and starts autohttps, where the certificate is there', () => {
    const there = { certificate: certificate() };
    expect(idsOf('issue', { ...there, kept: copy })).toEqual([]);
    expect(idsOf('issue', there)).toEqual(['certificate:save']);
    expect(idsOf('issue', { ...there, autohttps: stopped })).toEqual([
      'certificate:start',
      'certificate:save',
    ]);
  });
});

test('`restore` puts a copy back once, and starts autohttps that it has stopped', () => {
  const back = { certificate: certificate(), kept: copy };
  expect(idsOf('restore', { kept: copy })).toEqual(['certificate:restore']);
  expect(idsOf('restore', back)).toEqual([]);
  expect(idsOf('restore', { ...back, autohttps: stopped })).toEqual(['certificate:restore']);
});

test.each([
  ['no copy is kept', { certificate: certificate() }, /no copy/, /^Nothing/],
  ['neither is there', {}, /no copy/, /issue/],
  [
    'the copy is past its end',
    { kept: { ...copy, certificate: certificate({ daysLeft: -1 }) } },
    /no longer/,
    /issue/,
  ],
  [
    'the one that is there is newer',
    { certificate: certificate({ until: '2027-03-01T00:00:00.000Z' }), kept: copy },
    /longer/,
    /^Nothing/,
  ],
])('`restore` stops nothing where %s', (_, given, what, fix) => {
  const { steps, refusal } = planOf('restore', given);
  expect(steps).toEqual([]);
  expect(refusal?.what).toMatch(what);
  expect(refusal?.fix).toMatch(fix);
});
