import { describe, expect, test } from 'vitest';
import { conditionsOf } from '../../../../../src/plan/kubernetes/certificates/conditions.ts';
import { budgetOf, loggedAges } from '../../../../../src/plan/kubernetes/certificates/budget.ts';
import type {
  AcmeObserved,
  Attempt,
  LoggedCertificate,
} from '../../../../../src/plan/kubernetes/certificates/observed.ts';
import { acme, domain, production, staging } from './kit.ts';

const hour = 3600;
const day = 24 * hour;

function attempts(outcome: Attempt['outcome'], ages: readonly number[], authority = production): Attempt[] {
  return ages.map((ageSeconds) => ({ ageSeconds, authority, outcome }));
}

describe('the budget of requests', () => {
  test('is open at first', () => {
    expect(budgetOf([], production)).toMatchObject({
      waitSeconds: 0,
      failuresLastHour: 0,
      issuedLastWeek: 0,
    });
  });

  test('is spent by five failures within an hour, until the first of them is older', () => {
    const five = [3000, 2000, 1000, 500, 100];
    expect(budgetOf(attempts('failed', five.slice(1)), production).waitSeconds).toBe(0);
    expect(budgetOf(attempts('failed', five), production).waitSeconds).toBe(600);
    expect(budgetOf(attempts('failed', [3600, ...five.slice(1)]), production).waitSeconds).toBe(0);
  });

  test('counts a request whose end nobody saw as failed', () => {
    expect(budgetOf(attempts('asked', [5, 4, 3, 2, 1]), production).waitSeconds).toBe(hour - 5);
  });

  test('is spent by five certificates within seven days', () => {
    const budget = budgetOf(attempts('issued', [6 * day, 5 * day, 3 * day, 2 * day, day]), production);
    expect(budget.waitSeconds).toBe(day);
    expect(budget.why).toContain('5 certificates were issued within seven days');
  });

  test('of one server is not touched by requests at another', () => {
    expect(budgetOf(attempts('failed', [5, 4, 3, 2, 1], staging), production).waitSeconds).toBe(0);
    expect(budgetOf(attempts('failed', [5, 4, 3, 2, 1], staging), staging).waitSeconds).toBe(0);
  });

  test('waits for what the server has said, whatever is counted', () => {
    const told: Attempt = { ageSeconds: 5, authority: production, outcome: 'failed', waitSeconds: 7200 };
    expect(budgetOf([told], production)).toMatchObject({
      waitSeconds: 7200,
      why: expect.stringContaining('2 hours'),
    });
  });

  test('counts what the public logs know and nobody here has asked for', () => {
    const logged = [6 * day, 5 * day, 3 * day, 2 * day, day];
    expect(budgetOf([], production, logged).waitSeconds).toBe(day);
    // The same ones: they are not counted twice.
    const known = attempts('issued', logged.slice(1));
    expect(budgetOf(known, production, logged.slice(1))).toMatchObject({ waitSeconds: 0, issuedLastWeek: 4 });
  });

  test('takes of the public logs what counts against the name, and is told when nobody could look', () => {
    const given = (daysAgo: number, rest: Partial<LoggedCertificate> = {}): LoggedCertificate => ({
      at: '2026-11-20T09:00:00.000Z',
      ageSeconds: daysAgo * day,
      names: [domain],
      issuer: "Let's Encrypt",
      ...rest,
    });
    const others = [given(1, { issuer: 'GEANT' }), given(1, { names: [domain, `www.${domain}`] }), given(8)];
    const found = [given(2), given(6), ...others];
    expect(loggedAges(acme({ logs: { found } }))).toEqual([6 * day, 2 * day]);
    const seen = (observed: Partial<AcmeObserved>) =>
      conditionsOf(acme(observed)).find(({ id }) => id === 'budget')?.seen;
    expect(seen({ logs: { found } })).toMatch(/2 of 5 certificates within seven days$/);
    expect(seen({ logs: { notSeen: 'busy' } })).toMatch(/0 of 5 .* alone: the public logs .* \(busy\)$/);
    expect(loggedAges(acme())).toEqual([]);
  });
});
