import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { listedAccounts, natural } from '../../../src/config/accounts.ts';

const base = { admins: [], extra: [], minimumPasswordLength: 8 };

test('administrators get the prefix, the row gets numbers, extra accounts stay as written', () => {
  const accounts = {
    ...base,
    admins: ['sam', 'alex'],
    users: { prefix: 'trainee', count: 2 },
    extra: ['jo'],
  };
  expect(listedAccounts(accounts)).toEqual([
    { name: 'admin-alex', admin: true },
    { name: 'admin-sam', admin: true },
    { name: 'trainee-1', admin: false },
    { name: 'trainee-2', admin: false },
    { name: 'jo', admin: false },
  ]);
});

test('a name that is listed twice is one account, and stays an administrator', () => {
  expect(listedAccounts({ ...base, admins: ['alex'], extra: ['admin-alex', 'jo', 'jo'] })).toEqual([
    { name: 'admin-alex', admin: true },
    { name: 'jo', admin: false },
  ]);
});

test('numbers in names are ordered as numbers', () => {
  const names = ['guest-10', 'guest-2', 'guest-1'];
  expect(listedAccounts({ ...base, extra: names }).map((account) => account.name)).toEqual([
    'guest-1',
    'guest-2',
    'guest-10',
  ]);
});

test('the order of the file does not matter', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,8}$/)), (extra) => {
      const reversed = extra.toReversed();
      expect(listedAccounts({ ...base, extra })).toEqual(listedAccounts({ ...base, extra: reversed }));
    }),
  );
});

test('natural is an order: antisymmetric, and equal only for equal names', () => {
  const name = fc.stringMatching(/^[a-z0-9-]{1,6}$/);
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(natural(a, b))).toBe(-Math.sign(natural(b, a)) || 0);
      expect(natural(a, b) === 0).toBe(a === b);
    }),
  );
});
