import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMap, valueAt } from '../../../../src/config/merge.ts';
import { mergeValues } from '../../../../src/platform/kubernetes/merge-values.ts';
import { secret } from '../../../../src/config/values.ts';
import type { Values } from '../../../../src/config/values.ts';

// Few keys, so that the two trees meet.
const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const { tree } = fc.letrec<{ tree: Values; value: unknown }>((tie) => ({
  tree: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<Values>,
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.constantFrom('x', null, true),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('tree'),
  ),
}));

/** Paths to everything in a tree that is no map. */
function leaves(values: unknown, path: readonly string[] = []): string[][] {
  if (!isMap(values)) return [[...path]];
  return Object.entries(values).flatMap(([name, child]) => leaves(child, [...path, name]));
}

describe('mergeValues', () => {
  test('whatever helmValues say is there afterwards', () => {
    fc.assert(
      fc.property(tree, tree, (ours, theirs) => {
        const merged = mergeValues(ours, theirs);
        for (const path of leaves(theirs)) expect(valueAt(merged, path)).toEqual(valueAt(theirs, path));
      }),
    );
  });

  test('what they do not name stays', () => {
    fc.assert(
      fc.property(tree, tree, (ours, theirs) => {
        const merged = mergeValues(ours, theirs);
        for (const path of leaves(ours)) {
          const replaced = path.some((_name, index) => {
            const over = valueAt(theirs, path.slice(0, index + 1));
            return over !== undefined && !(isMap(over) && isMap(valueAt(ours, path.slice(0, index + 1))));
          });
          if (!replaced) expect(valueAt(merged, path)).toEqual(valueAt(ours, path));
        }
      }),
    );
  });

  test('merging again changes nothing, and neither argument is touched', () => {
    fc.assert(
      fc.property(tree, tree, (ours, theirs) => {
        const before = JSON.stringify([ours, theirs]);
        const merged = mergeValues(ours, theirs);
        expect(JSON.stringify(mergeValues(merged, theirs))).toBe(JSON.stringify(merged));
        expect(JSON.stringify([ours, theirs])).toBe(before);
      }),
    );
  });

  test('without helmValues everything is as it was', () => {
    const values = { a: { b: [1] } };
    expect(mergeValues(values, undefined)).toBe(values);
  });

  test('a secret is replaced as a whole', () => {
    expect(mergeValues({ token: secret('proxyToken') }, { token: { fromElsewhere: true } })).toEqual({
      token: { fromElsewhere: true },
    });
  });
});
