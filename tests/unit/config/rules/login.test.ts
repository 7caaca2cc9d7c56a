import { describe, expect, test } from 'vitest';
import { cluster, codes, load, local, onlyProblem } from '../support.ts';

const accounts = (fields: Readonly<Record<string, unknown>>) =>
  local({ auth: { accounts: { admins: ['alex'], ...fields } } });
const row = { prefix: 'trainee', count: 30 };
const provider = {
  preset: 'iris-iam',
  clientId: 'a',
  clientSecret: { fromEnv: 'A' },
  adminGroups: ['a'],
  allowedGroups: ['b'],
};
const oidc = (fields: Readonly<Record<string, unknown>>) =>
  local({ auth: { oidc: { ...provider, ...fields } } });

describe('someLogin and oneLogin', () => {
  test('neither accounts nor oidc is an error', () => {
    expect(codes(local({ auth: {} }))).toEqual(['no-login']);
    expect(codes(local({ auth: undefined }))).toEqual(['no-login']);
  });
  test('both in one environment are an error', () => {
    expect(codes(local({ auth: { accounts: { admins: ['alex'] }, oidc: provider } }))).toEqual([
      'two-logins',
    ]);
  });
  test('the other one in defaults is dropped, and right', () => {
    const text = JSON.stringify({
      name: 'hub',
      defaults: { auth: { accounts: { admins: ['alex'] } }, profiles: { a: { displayName: 'A' } } },
      environments: { one: { target: 'local', auth: { oidc: provider } }, two: { target: 'local' } },
    });
    expect(codes(text)).toEqual([]);
    expect(load(text).environments.get('one')?.auth).not.toHaveProperty('accounts');
    expect(load(text).environments.get('two')?.auth).not.toHaveProperty('oidc');
  });
});

describe('accounts', () => {
  test('admins, a row and others are right', () =>
    expect(codes(accounts({ users: row, extra: ['jo', 'trainee-31', 'trainee-03'] }))).toEqual([]));
  test('a name with the prefix before it is an error that says what the account would be', () => {
    const { message, fix } = onlyProblem(accounts({ admins: ['admin-alex'] }));
    expect(message).toContain('admin-admin-alex');
    expect(fix).toBe('Write `alex`.');
  });
  test('a name twice is a warning', () =>
    expect(codes(accounts({ admins: ['alex', 'alex'] }))).toEqual(['account-twice']));
  test.each(['trainee-1', 'trainee-30'])('%s is already in the row', (name) =>
    expect(codes(accounts({ users: row, extra: [name] }))).toEqual(['account-collision']),
  );
  test('an administrator named as an extra account is an error', () =>
    expect(codes(accounts({ extra: ['admin-alex'] }))).toEqual(['account-collision']));
  test('an extra account that looks like an administrator is a warning', () =>
    expect(codes(accounts({ extra: ['admin-sam'] }))).toEqual(['account-like-admin']));
  test('a row called admin collides with an administrator called 1', () => {
    expect(codes(accounts({ admins: ['1'], users: { prefix: 'admin', count: 5 } }))).toEqual([
      'account-collision',
    ]);
    expect(codes(accounts({ users: { prefix: 'admin', count: 5 } }))).toEqual(['account-like-admin']);
  });
  test('a name that is too long with its prefix is an error', () => {
    expect(codes(accounts({ admins: ['a'.repeat(57)] }))).toEqual([]);
    expect(codes(accounts({ admins: ['a'.repeat(58)] }))).toEqual(['account-too-long']);
    expect(codes(accounts({ users: { prefix: 'a'.repeat(60), count: 100 } }))).toEqual(['account-too-long']);
  });
  test('nobody at all is an error, and no administrator a warning', () => {
    expect(codes(accounts({ admins: [] }))).toEqual(['no-account']);
    expect(codes(accounts({ admins: [], users: row }))).toEqual(['no-admin']);
  });
  test('accounts are looked at although oidc beside them is wrong', () => {
    const found = codes(local({ auth: { accounts: { admins: ['admin-alex'] }, oidc: { clientId: 3 } } }));
    expect(found).toContain('admin-prefix');
    expect(found).toContain('type');
  });
});

describe('oidc', () => {
  test('a preset with groups is right', () => expect(codes(oidc({}))).toEqual([]));
  test('no group is an error, one kind of group a warning', () => {
    expect(onlyProblem(oidc({ adminGroups: [], allowedGroups: [] }))).toMatchObject({
      code: 'oidc-groups',
      severity: 'error',
    });
    expect(onlyProblem(oidc({ adminGroups: [] }))).toMatchObject({
      code: 'oidc-groups',
      severity: 'warning',
    });
    expect(onlyProblem(oidc({ allowedGroups: [] }))).toMatchObject({
      code: 'oidc-groups',
      severity: 'warning',
    });
  });
  test('without a preset the addresses are needed, and only the missing ones are named', () => {
    const urls = {
      authorizeUrl: 'https://a.org/a',
      tokenUrl: 'https://a.org/t',
      userdataUrl: 'https://a.org/u',
      usernameClaim: 'sub',
    };
    expect(codes(oidc({ preset: undefined, ...urls }))).toEqual([]);
    const { message } = onlyProblem(oidc({ preset: undefined, ...urls, tokenUrl: undefined }));
    expect(message).toContain('`tokenUrl` is missing');
    expect(message).not.toContain('userdataUrl');
  });
  test('plain HTTP is a warning, but on this machine right', () => {
    expect(codes(oidc({ tokenUrl: 'http://iam.example.org/token' }))).toEqual(['oidc-http']);
    expect(codes(oidc({ tokenUrl: 'http://127.0.0.1:4000/token' }))).toEqual([]);
    expect(codes(oidc({ tokenUrl: 'http://localhost:4000/token' }))).toEqual([]);
  });
  test('a hub without HTTPS is a warning on a cluster', () =>
    expect(codes(cluster({ auth: { oidc: provider } }))).toEqual(['oidc-needs-https']));
  test('the secret as text is an error that does not repeat it', () => {
    const problem = onlyProblem(oidc({ clientSecret: 'hunter2hunter2' }));
    expect(problem).toMatchObject({ code: 'plain-secret', masked: true });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(problem.place.length, 'nor its length').toBe(8);
  });
});
