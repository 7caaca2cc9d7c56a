import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuQuantity, memoryQuantity } from '../../../../src/platform/kubernetes/quantities.ts';
import { quantityOf } from '../../../../src/plan/kubernetes/quantity.ts';

describe('cpuQuantity', () => {
  test.each([
    [0.05, '50m'],
    [2, '2'],
    [1.5, '1500m'],
    [0.0001, '1m'],
    [1000, '1k'],
    // 0.29 * 1000 is 290.00000000000006 to a computer.
    [0.29, '290m'],
  ])('%s cores are %s', (cores, text) => {
    expect(cpuQuantity(cores)).toBe(text);
  });
});

describe('memoryQuantity', () => {
  test.each([
    ['1.8G', '1932735283'],
    ['128M', '134217728'],
    [2_000_000_000, '2G'],
    [0, '0'],
  ])('%s is %s', (size, text) => {
    expect(memoryQuantity(size)).toBe(text);
  });

  test('it is the same number of bytes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 3 }), (count, power) => {
        const bytes = count * 1000 ** power;
        fc.pre(Number.isSafeInteger(bytes));
        expect(quantityOf(memoryQuantity(bytes))).toBe(bytes);
      }),
    );
  });
});
