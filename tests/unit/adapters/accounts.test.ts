import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeAccounts, newPassword } from '../../../src/adapters/stored-accounts.ts';

const account = (name: string, password = `password of ${name}`) => ({
  name,
  admin: false,
  password,
  issue: '1',
  temporary: false,
});
const names = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e'));

describe('mergeAccounts', () => {
  test('exactly the listed people are in it, in their order', () => {
    fc.assert(
      fc.property(names, names, (before, listed) => {
        const merged = mergeAccounts(
          before.map((name) => account(name)),
          listed.map((name) => ({ name, admin: false })),
        );
        expect(merged.map(({ name }) => name)).toEqual(listed);
      }),
    );
  });

  test('whoever has a password keeps it', () => {
    fc.assert(
      fc.property(names, names, (before, listed) => {
        const merged = mergeAccounts(
          before.map((name) => account(name)),
          listed.map((name) => ({ name, admin: false })),
        );
        for (const { name, password } of merged.filter((one) => before.includes(one.name))) {
          expect(password).toBe(`password of ${name}`);
        }
      }),
    );
  });

  test('admin rights are those of the file', () => {
    expect(mergeAccounts([account('a')], [{ name: 'a', admin: true }])).toMatchObject([
      { name: 'a', admin: true },
    ]);
  });
});

test('a password is three groups of four that nobody mistakes for others', () => {
  for (let times = 0; times < 200; times++)
    expect(newPassword().password).toMatch(/^([a-hjkmnp-z2-9]{4}-){2}[a-hjkmnp-z2-9]{4}$/);
});
