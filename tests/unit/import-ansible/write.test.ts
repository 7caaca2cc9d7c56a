import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { lift } from '../../../src/config/import-ansible/lift.ts';
import { Blank } from '../../../src/config/import-ansible/types.ts';
import type { Settings, Tree } from '../../../src/config/import-ansible/types.ts';
import { writeYaml } from '../../../src/config/import-ansible/write.ts';
import { mergeEnvironment } from '../../../src/config/merge.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => value.toWellFormed()),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        'a',
        ' ',
        '\n',
        '\t',
        '#',
        ':',
        '-',
        '{',
        '"',
        "'",
        '\\',
        '|',
        'é',
        '0',
        '%',
        '&',
        '*',
        '!',
        '~',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    'yes',
    'null',
    '1e3',
    '0x1f',
    '012',
    '1:30',
    '2026-01-01',
    '<<',
    '---',
    '...',
    '? a',
    '- a',
    'a: b',
    'a #b',
    '.inf',
    '=',
    '@a',
    '`a',
  ),
);
const leaf: fc.Arbitrary<Tree> = fc.oneof(text, fc.boolean(), fc.integer(), fc.constantFrom(0.05, 1.8));
const key = fc.oneof(
  fc.stringMatching(/^[a-zA-Z][a-z-]{0,8}$/),
  fc.constantFrom('true', 'no', 'null', 'default', 'a b', '#', 'ключ'),
);
const { settings } = fc.letrec<{ tree: Tree; settings: Settings }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(fc.oneof(leaf, tie('settings')), { maxLength: 4 }),
    tie('settings'),
  ),
  settings: fc.dictionary(key, tie('tree'), { maxKeys: 5, noNullPrototype: true }),
}));

test('what is written is read back as the same', () => {
  fc.assert(
    fc.property(settings, (map) => {
      expect(parse(writeYaml(map, new Map())) ?? {}).toEqual(map);
    }),
    { numRuns: 500 },
  );
});

test('what is not known is a comment in its place', () => {
  const map = {
    name: 'x',
    environments: {
      a: {
        kubernetes: { context: new Blank('me\n@there'), namespace: 'hub' },
        auth: { accounts: { admins: new Blank('[alex]') } },
      },
    },
  };
  expect(writeYaml(map, new Map([['environments.a', ['from\nsomewhere']]]))).toBe(`name: x
environments:
  # from?somewhere
  a:
    kubernetes:
      # context: me?@there
      namespace: hub
    auth:
      accounts: {} # admins: [alex]
`);
});

const profile = fc.record(
  {
    displayName: fc.constantFrom('A', 'B'),
    image: fc.constantFrom('i', 'j'),
    default: fc.constant(true),
    memory: fc.constantFrom({ limit: '1G' }, { limit: '2G' }),
  },
  { requiredKeys: ['displayName'] },
);
const environment = fc.record(
  {
    target: fc.constant('kubernetes'),
    contactEmail: fc.constantFrom('a@example.org', 'b@example.org'),
    auth: fc.oneof(
      fc.record({
        accounts: fc.record(
          {
            admins: fc.constantFrom(['a'], ['b']),
            users: fc.constantFrom({ prefix: 'p', count: 1 }, { prefix: 'p', count: 2 }),
          },
          { requiredKeys: [] },
        ),
      }),
      fc.constant({ oidc: { clientId: 'x' } }),
    ),
    profiles: fc
      .uniqueArray(fc.tuple(fc.constantFrom('p', 'q', 'r'), profile), { selector: ([name]) => name })
      .map((entries) => Object.fromEntries(entries)),
    materials: fc.constantFrom({ nfs: { server: 'a' } }, { nfs: { server: 'b' } }),
    charts: fc.constantFrom({ jupyterhub: { version: '4.2.0' } }, { jupyterhub: { version: '4.4.0' } }),
  },
  { requiredKeys: ['target', 'auth', 'profiles'] },
) as fc.Arbitrary<Settings>;

test('defaults merged under what is left are what was there before, profiles in their order', () => {
  fc.assert(
    fc.property(fc.array(environment, { minLength: 1, maxLength: 4 }), (whole) => {
      const { defaults, environments } = lift(whole);
      for (const [index, original] of whole.entries()) {
        const merged = mergeEnvironment(defaults, environments[index]);
        const { profiles, ...rest } = original;
        const { profiles: mergedProfiles, ...mergedRest } = merged;
        expect(mergedProfiles ?? {}).toEqual(profiles);
        expect(Object.keys(mergedProfiles ?? {})).toEqual(Object.keys(profiles ?? {}));
        expect(mergedRest).toEqual(rest);
      }
    }),
    { numRuns: 500 },
  );
});
