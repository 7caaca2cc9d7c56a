import { describe, expect, test } from 'vitest';
import type { Check } from '../../../../src/plan/doctor/check.ts';
import { examineAll, inOrderOfHarm } from '../../../../src/plan/doctor/examine.ts';
import { type Finding, harms } from '../../../../src/plan/doctor/finding.ts';
import { course, localEnvironment } from '../../environment.ts';

const environment = localEnvironment(course);

function finding(harm: Finding['harm'], subject = 'hub'): Finding {
  return { subject, harm, what: 'It is so.', evidence: [], meaning: 'It hurts.', fix: '`mend`' };
}

function check(id: string, ...findings: Finding[]): Check<'status'> {
  return { id, title: id, page: 'hub', needs: ['status'], examine: () => findings };
}

describe('checks', () => {
  test('judge what was seen of the sources that they need', () => {
    const echo: Check<'status'> = {
      ...check('echo'),
      examine: ({ status }) => status.map(({ what }) => finding('leftOver', what)),
    };
    const status = { seen: [{ kind: 'part', what: 'hub is not ready', fix: 'x' }] } as const;
    expect(examineAll([echo], { status }, environment)).toEqual([
      { check: echo, findings: [finding('leftOver', 'hub is not ready')] },
    ]);
  });

  test('are not run where a source was not seen, and are not healthy then', () => {
    const one = check('one', finding('nobodyGetsIn'));
    const status = { notSeen: 'There is no kubeconfig.', failed: true } as const;
    expect(examineAll([one], { status }, environment)).toEqual([
      { check: one, notRun: 'There is no kubeconfig.', failed: true },
    ]);
  });
});

describe('findings', () => {
  test('come in the order of what they do to people, whatever the order of the checks', () => {
    const checks = harms.toReversed().map((harm) => check(harm, finding(harm)));
    const examined = examineAll(checks, { status: { seen: [] } }, environment);
    expect(inOrderOfHarm(examined).map(({ check: { id } }) => id)).toEqual([...harms]);
  });

  test('that hurt alike keep the order of the checks', () => {
    const checks = [check('a', finding('willStop')), check('b', finding('willStop'))];
    const examined = examineAll(checks, { status: { seen: [] } }, environment);
    expect(inOrderOfHarm(examined).map(({ check: { id } }) => id)).toEqual(['a', 'b']);
  });
});
