import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/operate/events.ts';
import { runSteps } from '../../../src/operate/run-steps.ts';
import { inOrder } from '../../../src/plan/order.ts';
import type { Step } from '../../../src/plan/plan.ts';

const step = (id: string, needs: readonly string[] = []): Step => ({
  id,
  title: id,
  reason: '',
  needs,
  action: {},
});
const clock = { now: () => new Date(0), sleep: () => Promise.resolve() };

/** Steps 0…n-1 in any order, each needing some with a smaller number. */
const graphs = fc
  .array(fc.array(fc.nat({ max: 9 }), { maxLength: 3 }), { minLength: 1, maxLength: 10 })
  .map((needs) =>
    needs.map((some, index) => step(String(index), some.filter((need) => need < index).map(String))),
  )
  .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }));

async function record(steps: readonly Step[], fail: (id: string) => boolean = () => false) {
  const log: string[] = [];
  const events: Event[] = [];
  const perform = async ({ id }: Step): Promise<void> => {
    log.push(`begin ${id}`);
    await Promise.resolve();
    if (fail(id)) throw new Error(`${id} failed`);
    log.push(`end ${id}`);
  };
  const result = runSteps({ steps, perform, emit: (event) => events.push(event), clock });
  const error = await result.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return { log, events, error };
}

test('a step begins after every step it needs has ended', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (steps) => {
      const { log } = await record(steps);
      for (const { id, needs } of steps) {
        for (const need of needs) expect(log.indexOf(`end ${need}`)).toBeLessThan(log.indexOf(`begin ${id}`));
      }
      expect(log).toHaveLength(2 * steps.length);
    }),
  );
});

test('independent steps run side by side', async () => {
  expect((await record([step('a'), step('b')])).log.slice(0, 2)).toEqual(['begin a', 'begin b']);
});

test('a need that is not in the plan counts as met', async () => {
  expect((await record([step('a', ['gone'])])).log).toEqual(['begin a', 'end a']);
});

describe('after a failure', () => {
  const steps = [step('a'), step('b', ['a']), step('c')];

  test('what needs the step is not begun, what runs is finished', async () => {
    const { log } = await record(steps, (id) => id === 'a');
    expect(log).toEqual(['begin a', 'begin c', 'end c']);
  });

  test('the first error is thrown', async () => {
    expect((await record(steps, (id) => id === 'a')).error).toEqual(new Error('a failed'));
  });

  test('the failure is told', async () => {
    const { events } = await record(steps, (id) => id === 'a');
    expect(events).toContainEqual({
      type: 'stepFailed',
      id: 'a',
      title: 'a',
      seconds: 0,
      message: 'a failed',
    });
  });
});

test('steps that need each other are a bug of ours, and named', () => {
  expect(() => inOrder([step('a', ['b']), step('b', ['a'])])).toThrow('steps need each other: a, b');
});
