import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addAccount, removeAccount } from '../../../src/config/edit-accounts.ts';

const shared = `# our course
name: course
defaults:
  auth:
    accounts:
      admins: [alex] # runs it
      extra: [jo]
environments:
  local:
    target: local
  training:
    target: kubernetes
    auth: { accounts: { extra: [sam] } }
`;

const own = `name: course
environments:
  local:
    target: local
    auth:
      accounts:
        users: { prefix: trainee, count: 2 }
`;

describe('addAccount', () => {
  test('adds to the list that holds for the environment, and says that it is shared', () => {
    const { text, inDefaults } = addAccount(shared, 'local', 'kim', 'extra');
    expect(text).toBe(shared.replace('extra: [jo]', 'extra: [jo, kim]'));
    expect(inDefaults).toBe(true);
  });

  test('adds to the environment where it has a list of its own', () => {
    const { text, inDefaults } = addAccount(shared, 'training', 'kim', 'extra');
    expect(text).toBe(shared.replace('extra: [sam]', 'extra: [sam, kim]'));
    expect(inDefaults).toBe(false);
  });

  test('begins a list where there is none', () => {
    expect(addAccount(own, 'local', 'kim', 'admins').text).toBe(
      own.replace('        users', '        admins: [kim]\n        users'),
    );
  });

  test('says what to do where the accounts are an alias', () => {
    const alias = own
      .replace(/auth:\n.*\n.*\n/, 'auth: *shared\n')
      .replace('environments', 'x: &shared { accounts: {} }\nenvironments');
    expect(() => addAccount(alias, 'local', 'kim', 'extra')).toThrow(
      'written in a way that cannot be edited',
    );
  });
});

describe('a list with an item a line', () => {
  const lines = shared.replace(
    'extra: [jo]',
    'extra:\n        - jo # helps\n        - kim\n      minimumPasswordLength: 9',
  );

  test('gets another line', () => {
    expect(addAccount(lines, 'local', 'ann', 'extra').text).toBe(
      lines.replace('- kim\n', '- kim\n        - ann\n'),
    );
  });

  test('loses the line', () => {
    expect(removeAccount(lines, 'local', 'jo', 'extra')?.text).toBe(
      lines.replace('        - jo # helps\n', ''),
    );
  });

  test('is empty after the last one', () => {
    const one = lines.replace('        - jo # helps\n', '');
    expect(removeAccount(one, 'local', 'kim', 'extra')?.text).toBe(one.replace('- kim', '[]'));
  });
});

test('whoever was added and removed again is gone without a trace', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(shared, own),
      fc.constantFrom('local', 'training'),
      fc.constantFrom('admins', 'extra'),
      (text, environment, list) => {
        fc.pre(text === shared || environment === 'local');
        const first = addAccount(text, environment, 'one', list).text;
        const second = addAccount(first, environment, 'two', list).text;
        expect(removeAccount(second, environment, 'two', list)?.text).toBe(first);
      },
    ),
  );
});

describe('removeAccount', () => {
  test('takes the name out and leaves the rest as it is', () => {
    expect(removeAccount(shared, 'local', 'jo', 'extra')?.text).toBe(shared.replace('[jo]', '[]'));
  });

  test('does not find somebody who is not in the list', () => {
    expect(removeAccount(shared, 'local', 'sam', 'extra')).toBeUndefined();
  });
});
