import { expect, test } from 'vitest';
import { whileUnderWay } from '../../../src/adapters/while-under-way.ts';

/** Answers `1 of a`, `2 of b`: which question it was, and for what. */
function finder() {
  let questions = 0;
  return whileUnderWay(async (...asked: unknown[]) => {
    questions += 1;
    return `${questions} of ${asked.join()}`;
  });
}

test('who asks for the same at the same time gets the same answer', async () => {
  const find = finder();
  expect(await Promise.all([find('a'), find('a')])).toEqual(['1 of a', '1 of a']);
});

test('who asks for something else at the same time gets an answer to that', async () => {
  const find = finder();
  const some = [find('a'), find('b'), find('a', 'b'), find('a'), find()];
  expect(await Promise.all(some)).toEqual(['1 of a', '2 of b', '3 of a,b', '1 of a', '4 of ']);
});

test('who asks later has it looked for anew, also after a failure', async () => {
  const find = finder();
  await find('a');
  expect(await find('a')).toBe('2 of a');
  let fails = true;
  const failing = whileUnderWay(async () => {
    if (fails) throw new Error('no way there');
    return 'found';
  });
  await expect(Promise.all([failing(), failing()])).rejects.toThrow('no way there');
  fails = false;
  expect(await failing()).toBe('found');
});
