import { adminPrefix, listedAccounts } from '../accounts.ts';
import type { Finding, Path } from '../problem.ts';
import type { Accounts } from '../schema/auth.ts';
import { error, warning } from './rule.ts';
import type { Rule } from './rule.ts';

const at: Path = ['auth', 'accounts'];

type AccountsRule = (accounts: Accounts) => readonly Finding[];

/** Accounts matter only where no OpenID Connect provider takes their place. */
function aboutAccounts(rule: AccountsRule): Rule {
  return ({ settings }) => (settings.auth?.accounts === undefined ? [] : rule(settings.auth.accounts));
}

/** The prefix is put before the name by us. */
export const adminsWithoutPrefix: Rule = aboutAccounts(({ admins }) =>
  admins.flatMap((name, index) => {
    if (!name.startsWith(adminPrefix)) return [];
    const message = `\`${adminPrefix}\` is put before the name, so this account would be \`${adminPrefix}${name}\``;
    return [
      error({
        code: 'admin-prefix',
        path: [...at, 'admins', index],
        message,
        fix: `Write \`${name.slice(adminPrefix.length)}\`.`,
      }),
    ];
  }),
);

/** A name written twice in one list. */
export const namesOnce: Rule = aboutAccounts((accounts) =>
  (['admins', 'extra'] as const).flatMap((list) =>
    accounts[list].flatMap((name, index) => {
      if (accounts[list].indexOf(name) === index) return [];
      return [
        warning({
          code: 'account-twice',
          path: [...at, list, index],
          message: `\`${name}\` is listed twice`,
          fix: 'Remove one of the two.',
        }),
      ];
    }),
  ),
);

/** An extra account that exists already in another role. */
export const extraAccountsAreNew: Rule = aboutAccounts(({ admins, users, extra }) =>
  extra.flatMap((name, index) => {
    const path = [...at, 'extra', index];
    if (name.startsWith(adminPrefix) && admins.includes(name.slice(adminPrefix.length))) {
      return [
        error({
          code: 'account-collision',
          path,
          message: `\`${name}\` is already an administrator, from \`admins\``,
          fix: 'Remove it here.',
        }),
      ];
    }
    if (users !== undefined && isInRow(name, users)) {
      const message = `\`${name}\` is already one of \`${users.prefix}-1\` to \`${users.prefix}-${String(users.count)}\``;
      return [error({ code: 'account-collision', path, message, fix: 'Remove it here.' })];
    }
    if (!name.startsWith(adminPrefix)) return [];
    const message = `\`${name}\` looks like an administrator and is an ordinary account`;
    return [
      warning({
        code: 'account-like-admin',
        path,
        message,
        fix: `For an administrator write \`${name.slice(adminPrefix.length)}\` under \`admins\`.`,
      }),
    ];
  }),
);

/** `prefix: admin` makes admin-1, which is either an administrator's name or looks like one. */
export const rowIsNotAdmins: Rule = aboutAccounts(({ admins, users }) => {
  if (users === undefined || `${users.prefix}-` !== adminPrefix) return [];
  const both = admins.find((name) => isInRow(`${adminPrefix}${name}`, users));
  const message =
    both === undefined
      ? '`admin-1` and the others of this row look like administrators and are not'
      : `\`${adminPrefix}${both}\` would be an administrator and one of this row`;
  const words = {
    code: 'account-collision',
    path: [...at, 'users', 'prefix'],
    message,
    fix: 'Choose another prefix, such as `trainee`.',
  };
  return [both === undefined ? warning({ ...words, code: 'account-like-admin' }) : error(words)];
});

/** Kubernetes cuts names at 63 characters; two people could end up in one home. */
export const namesFitKubernetes: Rule = aboutAccounts((accounts) => {
  const long = listedAccounts(accounts).find(({ name }) => name.length > 63);
  if (long === undefined) return [];
  const admin = accounts.admins.findIndex((name) => `${adminPrefix}${name}` === long.name);
  const path = admin === -1 ? [...at, 'users', 'prefix'] : [...at, 'admins', admin];
  return [
    error({
      code: 'account-too-long',
      path,
      message: `The account \`${long.name}\` is longer than 63 characters, the most that Kubernetes takes`,
      fix: 'Choose a shorter name.',
    }),
  ];
});

/** Lists that are all empty. */
export const someAccount: Rule = aboutAccounts(({ admins, users, extra }) => {
  if (admins.length + extra.length > 0 || users !== undefined) {
    if (admins.length > 0) return [];
    const message = "There is no administrator: nobody can look after the servers in the hub's own pages";
    return [
      warning({
        code: 'no-admin',
        path: at,
        at: 'key',
        message,
        fix: 'Add, for example, `admins: [alex]`; the account is `admin-alex`.',
      }),
    ];
  }
  return [
    error({
      code: 'no-account',
      path: at,
      at: 'key',
      message: 'No account is listed, so nobody can log in',
      fix: 'Write, for example, `accounts: { admins: [alex], users: { prefix: trainee, count: 30 } }`.',
    }),
  ];
});

function isInRow(
  name: string,
  { prefix, count }: { readonly prefix: string; readonly count: number },
): boolean {
  if (!name.startsWith(`${prefix}-`)) return false;
  const number = name.slice(prefix.length + 1);
  return /^[1-9][0-9]*$/.test(number) && Number(number) <= count;
}
