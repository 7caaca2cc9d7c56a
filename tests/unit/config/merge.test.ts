import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMap, mergeEnvironment, originOf, valueAt, withoutNulls } from '../../../src/config/merge.ts';
import type { Path } from '../../../src/config/problem.ts';

describe('mergeEnvironment', () => {
  test('maps merge by key, so an environment changes one field of one profile', () => {
    const defaults = { profiles: { a: { memory: { limit: '1G', guarantee: '1G' } }, b: {} } };
    const environment = { profiles: { a: { memory: { limit: '2G' } } } };
    expect(mergeEnvironment(defaults, environment)).toEqual({
      profiles: { a: { memory: { limit: '2G', guarantee: '1G' } }, b: {} },
    });
  });

  test('lists are replaced as a whole', () => {
    expect(mergeEnvironment({ list: [1, 2, 3] }, { list: [4] })).toEqual({ list: [4] });
  });

  test('null removes what is inherited', () => {
    expect(mergeEnvironment({ profiles: { a: {}, b: {} } }, { profiles: { b: null } })).toEqual({
      profiles: { a: {} },
    });
  });

  test('null in defaults says nothing', () => {
    expect(mergeEnvironment({ contactEmail: null, profiles: { a: { image: null } } }, {})).toEqual({
      profiles: { a: {} },
    });
  });

  test('null below helmValues is handed to Helm, which gives it a meaning', () => {
    const values = { helmValues: { jupyterhub: { hub: { x: null } } } };
    expect(mergeEnvironment({}, values)).toEqual(values);
    expect(mergeEnvironment(values, {})).toEqual(values);
  });

  test('off replaces a map, and a map replaces off', () => {
    expect(mergeEnvironment({ longhorn: { replicas: 2 } }, { longhorn: 'off' })).toEqual({ longhorn: 'off' });
    expect(mergeEnvironment({ longhorn: 'off' }, { longhorn: { replicas: 2 } })).toEqual({
      longhorn: { replicas: 2 },
    });
  });

  test('an environment that chooses another way to log in drops the inherited one', () => {
    const merged = mergeEnvironment(
      { auth: { accounts: { admins: ['alex'] } } },
      { auth: { oidc: { clientId: 'a' } } },
    );
    expect(merged).toEqual({ auth: { oidc: { clientId: 'a' } } });
  });

  test('an environment that changes the inherited way to log in keeps the rest of it', () => {
    const merged = mergeEnvironment(
      { auth: { accounts: { admins: ['alex'], users: { prefix: 't', count: 3 } } } },
      { auth: { accounts: { users: { count: 5 } } } },
    );
    expect(merged).toEqual({ auth: { accounts: { admins: ['alex'], users: { prefix: 't', count: 5 } } } });
  });

  test('a certificate comes from the place that the environment names', () => {
    expect(mergeEnvironment({ https: { letsEncrypt: {} } }, { https: { secretName: 'tls' } })).toEqual({
      https: { secretName: 'tls' },
    });
  });

  test('a secret comes from the source that the environment names, wherever it stands', () => {
    const merged = mergeEnvironment(
      { auth: { oidc: { clientSecret: { fromFile: 'a' } } } },
      { auth: { oidc: { clientSecret: { fromEnv: 'B' } } } },
    );
    expect(merged).toEqual({ auth: { oidc: { clientSecret: { fromEnv: 'B' } } } });
  });

  test('both alternatives in one environment stay, so that a rule can tell', () => {
    const both = { auth: { accounts: {}, oidc: {} } };
    expect(mergeEnvironment({}, both)).toEqual(both);
  });

  test('keys named like parts of Object are keys', () => {
    expect(mergeEnvironment({ constructor: { a: 1 } }, { toString: 2 })).toEqual({
      constructor: { a: 1 },
      toString: 2,
    });
  });
});

const scalar = fc.oneof(fc.integer(), fc.string({ maxLength: 3 }), fc.boolean(), fc.constant(null));
const key = fc.constantFrom(
  'a',
  'b',
  'c',
  'auth',
  'accounts',
  'oidc',
  'https',
  'fromEnv',
  'fromFile',
  'constructor',
);
const { map: tree } = fc.letrec<{ map: Record<string, unknown>; node: unknown }>((tie) => ({
  map: fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  node: fc.oneof({ depthSize: 'small', maxDepth: 4 }, scalar, fc.array(scalar, { maxLength: 2 }), tie('map')),
}));

describe('for any two trees', () => {
  test('nothing laid over defaults is defaults', () => {
    fc.assert(
      fc.property(tree, (one) => {
        expect(mergeEnvironment(one, {})).toEqual(withoutNulls(one));
      }),
    );
  });

  test('an environment over nothing is itself', () => {
    fc.assert(
      fc.property(tree, (one) => {
        expect(mergeEnvironment({}, one)).toEqual(withoutNulls(one));
      }),
    );
  });

  test('merging twice changes nothing more', () => {
    fc.assert(
      fc.property(tree, tree, (base, over) => {
        const once = mergeEnvironment(base, over);
        expect(mergeEnvironment(once, over)).toEqual(once);
      }),
    );
  });

  test('neither is changed', () => {
    fc.assert(
      fc.property(tree, tree, (base, over) => {
        const before = structuredClone([base, over]);
        mergeEnvironment(base, over);
        expect([base, over]).toEqual(before);
      }),
    );
  });

  test('what an environment does not touch is the same object', () => {
    fc.assert(
      fc.property(tree, (base) => {
        const clean = withoutNulls(base) as Record<string, unknown>;
        const merged = mergeEnvironment(clean, { untouched: 1 });
        for (const name of Object.keys(clean)) expect(merged[name]).toBe(clean[name]);
      }),
    );
  });

  test('every leaf has an origin, and stands there with the same value', () => {
    fc.assert(
      fc.property(tree, tree, (base, over) => {
        for (const [path, leaf] of leaves(mergeEnvironment(base, over), [])) {
          const origin = originOf(base, over, path);
          expect(['defaults', 'environment']).toContain(origin);
          expect(valueAt(origin === 'defaults' ? base : over, path)).toEqual(leaf);
        }
      }),
    );
  });
});

test('where no shapes clash and nothing is removed, the order of brackets does not matter', () => {
  // A key decides the shape of its value: m… is a map, v… is a value.
  const { map: shaped } = fc.letrec<{ map: Record<string, unknown> }>((tie) => ({
    map: fc
      .record({
        m1: fc.option(tie('map'), { nil: undefined, depthSize: 'small', maxDepth: 3 }),
        v1: fc.option(fc.integer(), { nil: undefined }),
        v2: fc.option(fc.array(fc.integer(), { maxLength: 2 }), { nil: undefined }),
      })
      .map((map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined))),
  }));
  fc.assert(
    fc.property(shaped, shaped, shaped, (a, b, c) => {
      expect(mergeEnvironment(mergeEnvironment(a, b), c)).toEqual(
        mergeEnvironment(a, mergeEnvironment(b, c)),
      );
    }),
  );
});

function* leaves(value: unknown, path: Path): Generator<[Path, unknown]> {
  if (!isMap(value) || Object.keys(value).length === 0) {
    if (!isMap(value)) yield [path, value];
    return;
  }
  for (const [name, child] of Object.entries(value)) yield* leaves(child, [...path, name]);
}
