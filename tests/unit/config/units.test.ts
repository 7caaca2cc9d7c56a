import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationSeconds, durationText, memoryBytes, storageBytes } from '../../../src/config/units.ts';

describe('memoryBytes', () => {
  test.each([
    [512, 512],
    ['512', 512],
    ['1K', 1024],
    ['512M', 536_870_912],
    ['1.8G', 1_932_735_283],
    ['2T', 2_199_023_255_552],
  ])('%s is %d bytes', (value, bytes) => {
    expect(memoryBytes(value)).toBe(bytes);
  });

  test('units are powers of 1024, as KubeSpawner has them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4000 }), (number) => {
        expect(memoryBytes(`${String(number)}G`)).toBe(memoryBytes(`${String(number * 1024)}M`));
        expect(memoryBytes(`${String(number)}M`)).toBe(memoryBytes(`${String(number * 1024)}K`));
      }),
    );
  });

  test('the result is a whole number, cut and not rounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999 }), (whole, part) => {
        const bytes = memoryBytes(`${String(whole)}.${String(part)}M`);
        expect(Number.isInteger(bytes)).toBe(true);
        expect(bytes).toBeLessThanOrEqual(Number(`${String(whole)}.${String(part)}`) * 1024 ** 2);
      }),
    );
  });

  test('text that the schema would not have let pass is a bug, not a number', () => {
    expect(() => memoryBytes('16GB')).toThrow(RangeError);
  });
});

describe('durationSeconds', () => {
  test.each([
    ['90s', 90],
    ['10m', 600],
    ['1h', 3600],
    ['5d', 432_000],
  ])('%s is %d seconds', (value, seconds) => {
    expect(durationSeconds(value)).toBe(seconds);
  });

  test('durationText writes what durationSeconds reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        expect(durationSeconds(durationText(seconds))).toBe(seconds);
      }),
    );
  });
});

test('storageBytes reads the units of Kubernetes', () => {
  expect(storageBytes('10Gi')).toBe(10 * 1024 ** 3);
  expect(storageBytes('1Ti')).toBe(storageBytes('1024Gi'));
});
