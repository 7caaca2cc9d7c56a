import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, fingerprint } from '../../../src/platform/fingerprint.ts';

test('the order of keys does not count', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed());
      expect(fingerprint(turned)).toBe(fingerprint(value));
    }),
  );
});

test('different values differ', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      fc.pre(canonicalJson(a) !== canonicalJson(b));
      expect(fingerprint(a)).not.toBe(fingerprint(b));
    }),
  );
});

test('it is FNV-1a with 64 bits', () => {
  // The published vector for "a" is af63dc4c8601ec8c; JSON puts it in quotes, hence the number, whose text is "1".
  expect(fingerprint(1)).toBe('af63ac4c86019afc');
});
