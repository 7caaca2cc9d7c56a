import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Arbitrary, assert, asyncProperty, constantFrom, record, subarray } from 'fast-check';
import { expect } from 'vitest';
import { partFolder } from '../support/openstack/prepare.ts';
import { test } from '../support/openstack-test.ts';
import { type Answer, type Question, answer, readCases } from '../unit/adapters/openstack/clouds.ts';

/** openstacksdk, of which one after the other is asked. */
async function withReference(
  venv: string,
  work: (ask: (question: Question) => Promise<Answer | { readonly error: string }>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-reference-'));
  const home = join(folder, 'home');
  const child = spawn(join(venv, 'bin', 'python'), [join(partFolder, 'reference.py'), home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  try {
    await work(async ({ env = {}, ...question }) => {
      const variables = Object.entries(env).map(([name, value]) => [name, value.replaceAll('$HOME', home)]);
      child.stdin.write(`${JSON.stringify({ ...question, env: Object.fromEntries(variables) as object })}\n`);
      const { value } = await lines.next();
      return JSON.parse(String(value).replaceAll(home, '$HOME')) as Answer | { error: string };
    });
  } finally {
    child.kill();
    await rm(folder, { recursive: true });
  }
}

test('openstacksdk makes of each case what the table says', async ({ openstack }) => {
  await withReference(openstack.address.venv, async (ask) => {
    for (const { title, expect: wanted, ...question } of readCases())
      expect(await ask(question), title).toMatchObject(wanted);
  });
});

/** Some of the keys, each with one of its values. */
function some(values: Readonly<Record<string, readonly string[]>>): Arbitrary<Record<string, string>> {
  const choices = Object.entries(values).map(([key, choice]) => [key, constantFrom(...choice)] as const);
  const chosen: unknown = record(Object.fromEntries(choices), { requiredKeys: [] });
  return chosen as Arbitrary<Record<string, string>>;
}

// No `yes`, which it sends as a boolean that no cloud takes, and no null, of which it makes the name `None`.
const secrets = ['s1', '0123', '42', '1e5', '1.50', '"a b"', '"{x}"'];
const words = ['w1', '7', '""', 'w-2'];

const userKeys = ['username', 'user_name', 'password', 'user_domain_id', 'user_domain_name'];
const projectKeys = ['project_id', 'tenant-id', 'tenant_name', 'project_domain_id', 'project_domain_name'];
const genericKeys = ['default_domain_id', 'default_domain_name'];
const scopes = [
  'project_id: 12345678901234567890123456789012',
  'project-name: p, project_domain_id: d',
  'tenant_name: p, domain_name: D',
  'domain_id: e',
  'system_scope: all',
  'trust_id: t',
];

/** What each way to log in cannot do without, and what it takes besides. */
const logins: readonly {
  readonly type: string;
  readonly auth: string;
  readonly keys: readonly string[];
  readonly scopes: readonly string[];
}[] = [
  { type: 'password', auth: 'user_id: u, password: pw', keys: [...userKeys, ...genericKeys], scopes },
  {
    type: 'password',
    auth: 'user-name: u, password: 0123, domain_id: e',
    keys: projectKeys,
    scopes: ['project_id: p'],
  },
  { type: 'v3password', auth: 'username: 42, user-domain-name: D, password: 1e5', keys: userKeys, scopes },
  {
    type: 'token',
    auth: 'token: t',
    keys: [...projectKeys, ...genericKeys],
    scopes: ['', 'project_name: q'],
  },
  { type: 'v3token', auth: 'auth-token: t', keys: [], scopes },
  {
    type: 'v3applicationcredential',
    auth: 'application_credential_id: 12, application_credential_secret: s',
    keys: ['username', 'user_name', 'user_domain_id'],
    scopes: [''],
  },
];

const beside = some({
  profile: ['elastx', 'auro', 'citycloud', 'otc', 'nobody', 'own'],
  interface: ['internal', '[internal, public]', 'adminURL'],
  endpoint_type: ['internalURL'],
  region_name: ['r1', '"r1,r2"', 'r2'],
  regions: ['[r1, r2]', '[{name: r2, values: {interface: admin, project_id: w9}}, r1]'],
  network_interface: ['admin'],
  'load-balancer-endpoint-override': ['"https://{region_name}/x"', '"https://l"'],
  compute_service_name: words,
  api_timeout: ['5', '2.5'],
  nova_timeout: ['9'],
  verify: ['yes', 'off', 'true'],
  insecure: ['true', '"True"', '"no"'],
  cacert: ['~/ca.pem', '/ca.pem'],
  cert: ['~/c.pem'],
  key: ['/k.pem'],
});

const flow = (settings: Readonly<Record<string, string>>, ...first: readonly string[]): string =>
  `{${[...first, ...Object.entries(settings).map(([key, value]) => `${key}: ${value}`)].filter(Boolean).join(', ')}}`;

const valuesOf = (keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, key === 'password' ? secrets : words]));

/** Clouds as people write them, and as they never do. */
const questions: Arbitrary<Question> = constantFrom(...logins).chain((login) =>
  record({
    scope: constantFrom(...login.scopes),
    within: some(valuesOf(login.keys)),
    secure: some(valuesOf(login.keys)),
    also: beside,
    url: constantFrom('auth_url: "https://{region_name}.k/v3"', 'auth_url: https://k:5000'),
    region: constantFrom(undefined, undefined, undefined, 'r2'),
    variables: subarray(['OS_PASSWORD', 'OS_REGION_NAME', 'OS_INTERFACE', 'OS_CLOUD']),
  }).map(({ scope, within, secure, also, url, region, variables }) => ({
    cloud: 'a',
    ...(region === undefined ? {} : { region }),
    env: Object.fromEntries(variables.map((name) => [name, 'a'])),
    files: {
      'work/clouds.yaml': `clouds: {a: ${flow(also, `auth_type: ${login.type}`, `auth: ${flow(within, url, login.auth, scope)}`)}}`,
      '.config/openstack/secure.yaml': `clouds: {a: {auth: ${flow(secure)}}}`,
      '.config/openstack/clouds-public.yaml':
        'public-clouds: {own: {auth: {auth_url: "https://own"}, regions: [r2], interface: admin}}',
    },
  })),
);

test('whatever stands in the files: what openstacksdk reads is what we read', async ({ openstack }) => {
  let compared = 0;
  await withReference(openstack.address.venv, async (ask) => {
    const property = asyncProperty(questions, async (question) => {
      const [ours, theirs] = await Promise.all([answer(question).catch(String), ask(question)]);
      // What it refuses we may refuse or not; where we refuse, it would have failed later, or sent what no cloud takes.
      if ('error' in theirs || typeof ours === 'string' || hasNoUser(theirs)) return;
      compared += 1;
      expect(ours).toEqual(theirs);
    });
    await assert(property, { numRuns: 200 });
  });
  expect(compared).toBeGreaterThan(100);
}, 300_000);

/** An empty `username` hides `user_name` from openstacksdk, so that it sends neither. */
function hasNoUser({ identity }: Answer): boolean {
  const { password } = identity as { password?: { user: { id?: string; name?: string } } };
  return password !== undefined && !password.user.id && !password.user.name;
}
