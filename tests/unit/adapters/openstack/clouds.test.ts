import { inspect } from 'node:util';
import { type Arbitrary, assert, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePythonYaml } from '../../../../src/adapters/openstack/clouds/python-yaml.ts';
import { type Settings, mergeDeep, mergeEntry } from '../../../../src/adapters/openstack/clouds/settings.ts';
import { UserError } from '../../../../src/errors.ts';
import { answer, readCases } from './clouds.ts';

describe('reads as openstacksdk does', () => {
  test.each(readCases().map((each) => [each.title, each] as const))(
    '%s',
    async (_, { expect: wanted, ...question }) => {
      expect(await answer(question)).toMatchObject(wanted);
    },
  );

  test('an address tells its profile, and so does the address of a vendor', async () => {
    const asked: string[] = [];
    const getJson = (url: string): Promise<unknown> => {
      asked.push(url);
      return Promise.resolve({ name: 'x', profile: { auth: { auth_url: 'https://told' }, regions: ['r'] } });
    };
    for (const profile of ['"https://cloud.example/any"', 'ovh']) {
      const files = {
        'work/clouds.yaml': `clouds: {a: {profile: ${profile}, auth: {user_id: u, password: pw}}}`,
      };
      const read = await answer({ files, cloud: 'a' }, getJson);
      expect(read).toMatchObject({ authUrl: 'https://told', region: 'r' });
    }
    expect(asked).toEqual([
      'https://cloud.example/.well-known/openstack/api',
      'https://ovhcloud.com/.well-known/openstack/api',
    ]);
  });

  test('an unreadable file is passed over, and named where it may be why', async () => {
    const files = {
      'work/clouds.yaml': 'clouds: {a: {auth: {password: hunter2]',
      '.config/openstack/clouds.yaml': 'clouds: {b: {}}',
    };
    const error = await failure({ files, cloud: 'a' });
    expect(error.details).toMatch(/^passed over:\n.*work\/clouds\.yaml: line 1: /);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });
});

describe('what is wrong is said', () => {
  const entry = (text: string) => ({ files: { 'work/clouds.yaml': `clouds: {a: {${text}}}` }, cloud: 'a' });
  const auth = 'auth: {auth_url: "https://k", user_id: u, password: hunter2}';
  test.each([
    ['no file at all', { files: {}, cloud: 'a' }, 'There is no cloud a', 'Get the file from your cloud'],
    ['another cloud', { ...entry(auth), cloud: 'b' }, 'There is no cloud b', '`a`'],
    [
      'no cloud is named',
      { files: { 'work/clouds.yaml': 'clouds: {a: {}, b: {}}' }, cloud: null },
      'not said which cloud',
      '`a`, `b`',
    ],
    ['no map', { files: { 'work/clouds.yaml': '- a' }, cloud: 'a' }, 'is not a map', 'clouds:'],
    [
      'a file that is not there',
      { files: {}, env: { OS_CLIENT_CONFIG_FILE: '/no/such' }, cloud: 'a' },
      'There is no cloud a',
      '',
    ],
    [
      'the name of the variables',
      { ...entry(auth), env: { OS_CLOUD_NAME: 'a' } },
      'A cloud is named a',
      'OS_CLOUD_NAME',
    ],
    [
      'another region',
      { ...entry(`regions: [r1, r2], ${auth}`), region: 'R1' },
      'no region R1',
      '`r1`, `r2`',
    ],
    [
      'an odd region',
      entry(`regions: [{name: r, interface: admin}], ${auth}`),
      'a map with `name` and `values`',
      'values',
    ],
    ['no password', entry('auth: {auth_url: "https://k", user_id: u}'), 'lack `password`', 'secure.yaml'],
    [
      'a user without a domain',
      entry('auth: {auth_url: "https://k", username: u, password: hunter2}'),
      'lack `user_domain_name`',
      '',
    ],
    ['no address', entry('auth: {user_id: u, password: hunter2}'), 'lack `auth_url`', 'OS_AUTH_URL'],
    [
      'no address, as the vendor is not known',
      entry('profile: x, auth: {user_id: u, password: hunter2}'),
      'lack `auth_url`',
      '',
    ],
    [
      'an address that is none',
      entry('auth: {auth_url: k.example, user_id: u, password: hunter2}'),
      'no address',
      'https://',
    ],
    [
      'logging in with a browser',
      entry(`auth_type: v3websso, ${auth}`),
      'auth_type v3websso is not supported',
      'application credential',
    ],
    [
      'two scopes',
      entry('auth: {auth_url: "https://k", user_id: u, password: hunter2, trust_id: t, project_id: p}'),
      'more than one of',
      'project',
    ],
    [
      'an application credential with a project',
      entry(
        'auth_type: v3applicationcredential, auth: {auth_url: "https://k", application_credential_id: i, application_credential_secret: hunter2, project_id: p}',
      ),
      'for one project',
      'project_*',
    ],
    ['a setting that is not there', entry(`cacert: "/{nowhere}", ${auth}`), '{nowhere}', 'nowhere'],
    [
      'a cloud that is no more',
      entry('profile: betacloud, auth: {user_id: u, password: hunter2}'),
      'is no more',
      'auth_url',
    ],
    [
      'a vendor that does not answer',
      entry('profile: "https://v.example", auth: {user_id: u, password: hunter2}'),
      'does not tell',
      'auth_url',
    ],
  ])('%s', async (_, question, what, fix) => {
    const error = await failure(question);
    expect(error.exitCode).toBe(error.what.includes('does not tell') ? 1 : 2);
    expect(error.what).toContain(what);
    expect(error.fix).toContain(fix);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });
});

describe('merging', () => {
  // Of one shape, as both files have it: a text is never merged with a map.
  const some = <T>(shape: { [Key in keyof T]: Arbitrary<T[Key]> }) => record(shape, { requiredKeys: [] });
  const settings = some({
    region_name: string(),
    auth: some({ username: string(), password: string() }),
    clouds: some({ a: some({ x: string(), y: string() }), b: some({ x: string() }) }),
  }) as Arbitrary<Settings>;

  test('of secure.yaml over clouds.yaml: every text of it is there, and what it does not name stays', () => {
    assert(
      property(settings, settings, (below, above) => {
        const merged = leaves(mergeDeep(below, above));
        for (const [path, value] of leaves(above)) expect(merged.get(path)).toBe(value);
        for (const [path, value] of leaves(below))
          if (!leaves(above).has(path)) expect(merged.get(path)).toBe(value);
      }),
    );
  });

  test('has no order of brackets, changes nothing that it is given, and nothing by nothing', () => {
    assert(
      property(settings, settings, settings, (a, b, c) => {
        const before = JSON.stringify([a, b, c]);
        expect(mergeDeep(mergeDeep(a, b), c)).toEqual(mergeDeep(a, mergeDeep(b, c)));
        expect(mergeDeep(a, {})).toEqual(a);
        expect(mergeDeep({}, a)).toEqual(a);
        expect(JSON.stringify([a, b, c])).toBe(before);
      }),
    );
  });

  test('of an entry over its vendor: of `auth` key by key, of all else whole', () => {
    const below = { auth: { auth_url: 'u', x: 1 }, deep: { a: 1 }, only: 1 };
    const above = { auth: { x: 2 }, deep: { b: 2 } };
    expect(mergeEntry(below, above)).toEqual({ auth: { auth_url: 'u', x: 2 }, deep: { b: 2 }, only: 1 });
  });
});

test('YAML as Python reads it', () => {
  const read = (text: string): unknown => parsePythonYaml(`a: ${text}`);
  const texts = ['1e5', '0o17', '2026-11-30', '08', 'nO', 'y', 'n', '1.', '"0123"', "'yes'"];
  expect(texts.map(read)).toEqual(
    ['1e5', '0o17', '2026-11-30', '08', 'nO', 'y', 'n', '1.0', '0123', 'yes'].map((a) => ({ a })),
  );
  expect(
    ['', '~', 'Null', 'YES', 'off', '-0x1f', '0b101', '1_000', '-017', '1.5e+3', '190:20:30'].map(read),
  ).toEqual(
    [null, null, null, true, false, '-31', '5', '1000', '-15', '1500.0', '685230'].map((a) => ({ a })),
  );
});

async function failure(question: Parameters<typeof answer>[0]): Promise<UserError> {
  const error = await answer(question).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return error;
  throw new Error('it does not fail as it should', { cause: error });
}

/** Every text of a tree by its path. */
function leaves(tree: object, path = ''): Map<string, unknown> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? [...leaves(value, `${path}/${key}`)]
        : [[`${path}/${key}`, value]],
    ),
  );
}
