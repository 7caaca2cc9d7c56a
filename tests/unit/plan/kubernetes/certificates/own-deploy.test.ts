import { describe, expect, test } from 'vitest';
import { withOwnMark } from '../../../../../src/plan/kubernetes/certificates/own-deploy.ts';
import { planDeploy } from '../../../../../src/plan/kubernetes/plan-deploy.ts';
import type { OwnObserved } from '../../../../../src/plan/kubernetes/certificates/observed.ts';
import type { ClusterObserved } from '../../../../../src/plan/kubernetes/observed.ts';
import { valueAt } from '../../../../../src/config/merge.ts';
import type { Values } from '../../../../../src/config/values.ts';
import { empty, hubSystem, released, running, training } from '../observed.ts';
import { certificate, domain, own } from './kit.ts';

const environment = training(`    address: { domain: ${domain} }\n    https: { secretName: hub-tls }`);
const systems = [hubSystem({ proxy: { annotations: { mine: 'yes' } } })];
const seen = { certificate: certificate({ fingerprint: 'AA:BB:CC:DD:EE:FF:00:11:22:33' }) };

function annotations(of = environment, observed: Pick<ClusterObserved, 'certificate'> = seen): unknown {
  const [hub] = withOwnMark({ environment: of, systems, observed: { releases: {}, ...observed } });
  return valueAt(hub?.release?.values, ['proxy', 'annotations']);
}

function planned(ownCertificate: OwnObserved, live: Values = {}) {
  const observed = { ...running(released({ values: live })), ...seen, ownCertificate };
  const marked = withOwnMark({ environment, systems, observed });
  return planDeploy({
    environment,
    systems: marked,
    observed,
    rendered: { 'jupyterhub/jupyterhub': [] },
  });
}

describe('a certificate of people’s own', () => {
  test('in a Secret marks the proxy with its fingerprint, beside what the file says', () => {
    expect(annotations()).toEqual({ mine: 'yes', 'hubwright/certificate': 'aabbccddeeff0011' });
  });

  test('marks nothing where it is not there, is files, or is Let’s Encrypt’s', () => {
    const files = '{ files: { certificate: a.pem, key: { fromFile: a.key } } }';
    const of = (https: string) =>
      training(`    contactEmail: ops@example.org\n    address: { domain: ${domain} }\n    https: ${https}`);
    expect(annotations(environment, { certificate: undefined })).toEqual({ mine: 'yes' });
    for (const https of [files, '{ letsEncrypt: {} }'])
      expect(annotations(of(https))).toEqual({ mine: 'yes' });
  });

  test.each([
    ['missing', own({}, { own: undefined }), /kubectl create secret tls hub-tls --namespace jupyterhub/],
    ['ended', own({ daysLeft: -1 }), /Get a new one .*`hubwright deploy training`/],
    ['of another key', own({ keyFits: false }), /Put the key there/],
  ])('that is %s is refused before anything', (_what, given, fix) => {
    expect(planned(given).refusal).toMatchObject({
      where: 'environment training, https',
      fix: expect.stringMatching(fix),
    });
  });

  test('that has other faults is deployed, and they are said', () => {
    const { refusal, notes } = planned(own({ chain: 'incomplete', daysLeft: 10 }));
    expect(refusal).toBeUndefined();
    const warnings = notes.filter(({ severity }) => severity === 'warning').map(({ text }) => text);
    expect(warnings).toEqual([
      expect.stringContaining('not widely known'),
      expect.stringContaining('in 10 days'),
    ]);
  });

  test('that the proxy may not have read makes it start anew, and the plan says so', () => {
    const note = (live: Values): string[] =>
      planned(own(), live).notes.flatMap(({ text }) => (text.includes('starts anew') ? [text] : []));
    const mark = (text: string): Values => ({ proxy: { annotations: { 'hubwright/certificate': text } } });
    expect(note(mark('0000'))).toEqual([expect.stringContaining('lose their connection')]);
    expect(note({})).toHaveLength(1);
    expect(note(mark('aabbccddeeff0011'))).toEqual([]);
    const first = planDeploy({
      environment,
      systems,
      observed: { ...empty, ...seen },
      rendered: { 'jupyterhub/jupyterhub': [] },
    });
    expect(first.notes.some(({ text }) => text.includes('starts anew'))).toBe(false);
  });
});
