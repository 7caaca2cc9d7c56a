import { describe, expect, test } from 'vitest';
import { change } from '../../../src/operate/change.ts';
import type { Target } from '../../../src/operate/target.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const clock = { now: () => new Date(0), sleep: async () => undefined };
const plan: Plan = {
  environment: 'training',
  steps: [{ id: 'hub', title: 'the hub', reason: '', needs: [], action: {} }],
  impacts: [],
  notes: [],
};

/** What was done, in order, and what was thrown. */
async function changed(
  made: Plan,
  afterwards?: () => Promise<void>,
): Promise<{ done: string[]; thrown: unknown }> {
  const done: string[] = [];
  const target = {
    plan: async () => made,
    perform: async ({ title }: { title: string }) => void done.push(title),
    finished: async () => void done.push('finished'),
  } as unknown as Target;
  const thrown: unknown = await change({
    target,
    clock,
    intent: { kind: 'deploy' },
    emit: () => undefined,
    onPlan: () => done.push('told'),
    ...(afterwards ? { afterwards } : {}),
  }).catch((reason: unknown) => reason);
  return { done, thrown };
}

describe('a change', () => {
  test('is told, done and finished', async () => {
    expect((await changed(plan)).done).toEqual(['told', 'the hub', 'finished']);
  });

  test('has not come to its end before what follows its steps has passed', async () => {
    const failure = new Error('nobody can log in');
    const { done, thrown } = await changed(plan, () => Promise.reject(failure));
    expect(done).toEqual(['told', 'the hub']);
    expect(thrown).toBe(failure);
    expect((await changed(plan, async () => undefined)).done).toContain('finished');
  });

  test('that its plan refuses does nothing', async () => {
    const refusal = { what: 'Somebody is at work.', where: 'release hub', fix: 'Wait.' };
    expect(await changed({ ...plan, refusal })).toMatchObject({ done: [], thrown: refusal });
  });
});
