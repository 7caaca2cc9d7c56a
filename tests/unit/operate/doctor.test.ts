import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { checksFor, examine, repairPlan } from '../../../src/operate/doctor.ts';
import type { Target } from '../../../src/operate/target.ts';
import type { Check } from '../../../src/plan/doctor/check.ts';
import { checks } from '../../../src/plan/doctor/checks/index.ts';
import type { Step } from '../../../src/plan/plan.ts';
import type { Trouble } from '../../../src/plan/trouble.ts';
import { course, localEnvironment } from '../environment.ts';

const environment = localEnvironment(course);

function target(troubles: readonly Trouble[] | UserError, more: Partial<Target> = {}): Target {
  const status = async () => {
    if (troubles instanceof UserError) throw troubles;
    return { troubles };
  };
  return { environment, status, ...more } as unknown as Target;
}

const finding = { subject: 's', harm: 'willStop', what: 'w', evidence: [], meaning: 'm', fix: 'f' } as const;

const crashed = { kind: 'part', what: 'the hub has stopped by itself', fix: 'hubwright up local' } as const;

describe('a doctor', () => {
  test('says what a trouble of the status means for people', async () => {
    const here = target([crashed]);
    const [found] = (await examine(here, checksFor(here, checks))).flatMap((one) =>
      'findings' in one ? one.findings : [],
    );
    expect(found).toMatchObject({
      harm: 'nobodyGetsIn',
      what: 'The hub has stopped by itself.',
      fix: '`hubwright up local`',
    });
  });

  test('leaves out checks of what this kind of target has not', () => {
    const ids = checksFor(target([]), checks).map(({ id }) => id);
    expect(ids).toContain('limits-not-set');
    expect(ids).not.toContain('nodes-not-ready');
  });

  test('goes on with other sources where one cannot be reached', async () => {
    const away = new UserError({ what: 'The cluster does not answer.', fix: 'Look at the network.' });
    const other: Check<'balancers'> = {
      id: 'other',
      title: 'x',
      page: 'x',
      needs: ['balancers'],
      examine: () => [],
    };
    const here = target(away, {
      sources: { balancers: async () => ({ notSeen: 'The file names no cloud.', failed: false }) },
    });
    const status = checksFor(here, checks).find(({ needs }) => needs.includes('status'));
    expect(await examine(here, [status as Check, other])).toEqual([
      { check: status, notRun: 'The cluster does not answer. Look at the network.', failed: true },
      { check: other, notRun: 'The file names no cloud.', failed: false },
    ]);
  });

  test('looks at what would say more too, and goes on without it', async () => {
    const away = new UserError({ what: 'The cluster does not answer.', fix: 'Look at the network.' });
    const check: Check<'status'> = {
      id: 'check',
      title: 'x',
      page: 'x',
      needs: ['status'],
      also: ['balancers'],
      examine: ({ balancers }) => [{ ...finding, what: balancers === undefined ? 'less' : 'more' }],
    };
    const judged = async (read: () => Promise<never>) => {
      const [one] = await examine(target([], { sources: { balancers: read } }), [check]);
      return one !== undefined && 'findings' in one ? one.findings[0]?.what : one;
    };
    expect(await judged(async () => Promise.reject(away))).toBe('less');
    expect(await judged(async () => ({ seen: {} }) as never)).toBe('more');
    const here = target([]);
    expect(await examine(here, [check])).toMatchObject([{ findings: [{ what: 'less' }] }]);
  });

  test('looks at each source once, however many checks need it', async () => {
    let looked = 0;
    const here = target([]);
    const counting = { ...here, status: async () => (looked++, here.status()) };
    await examine(counting, checksFor(counting, checks));
    expect(looked).toBe(1);
  });
});

test('what two findings want mended alike is done once', () => {
  const step: Step = { id: 'a', title: 'a', reason: 'b', needs: [], action: {} };
  const [check] = checks as [Check, ...Check[]];
  const examined = [
    {
      check,
      findings: [
        { ...finding, repair: [step] },
        { ...finding, repair: [step], harm: 'leftOver' as const },
      ],
    },
  ];
  expect(repairPlan(target([]), examined).steps).toEqual([step]);
});
