import { randomInt, randomUUID } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { ListedAccount } from '../config/accounts.ts';

/** An entry of the list that the hub's authenticator reads: a file here, a Secret on a cluster. */
export interface StoredAccount extends ListedAccount {
  readonly password: string;
  /** Changes with each new password, so that the hub knows which one it has applied. */
  readonly issue: string;
  readonly temporary: boolean;
}

/** The list as `runtime/hubwright_hub/accounts.py` reads it. */
export function accountsText(accounts: readonly StoredAccount[]): string {
  return `${JSON.stringify({ version: 1, accounts }, null, 1)}\n`;
}

/** @throws UserError with that place and fix when the text is no such list. */
export function parseAccounts(text: string, problem: { where: string; fix: string }): StoredAccount[] {
  try {
    const { accounts } = JSON.parse(text) as { accounts?: StoredAccount[] };
    if (Array.isArray(accounts)) return accounts;
    throw new Error('there is no list in it');
  } catch (error) {
    throw new UserError({ what: 'The list of accounts is damaged.', ...problem, cause: error });
  }
}

/** The listed people: those who have a password keep it, the others get one. Everybody else is left out. */
export function mergeAccounts(
  stored: readonly StoredAccount[],
  listed: readonly ListedAccount[],
  make: () => { password: string; issue: string } = newPassword,
): StoredAccount[] {
  const known = new Map(stored.map((account) => [account.name, account]));
  return listed.map(({ name, admin }) => {
    const { password, issue } = known.get(name) ?? make();
    return { name, admin, password, issue, temporary: false };
  });
}

/** Where the list is kept. */
export interface AccountStore {
  /** undefined: there is none yet. */
  readonly read: () => Promise<StoredAccount[] | undefined>;
  readonly write: (accounts: readonly StoredAccount[]) => Promise<void>;
}

/** What can be done with the list, wherever it is kept: the part of `AccountBook` that concerns nothing else. */
export function accountList({ read, write }: AccountStore) {
  const all = async (): Promise<StoredAccount[]> => (await read()) ?? [];
  const change = async (edit: (accounts: StoredAccount[]) => StoredAccount[]): Promise<void> =>
    write(edit(await all()));
  return {
    list: async () => (await all()).filter(({ temporary }) => !temporary),
    async reset(names: readonly string[]) {
      await change((accounts) =>
        accounts.map((account) =>
          names.includes(account.name) ? { ...account, ...newPassword() } : account,
        ),
      );
      return (await all()).filter((account) => names.includes(account.name));
    },
    async addTemporary(name: string) {
      const account = { name, admin: false, ...newPassword(), temporary: true };
      await change((accounts) => [...accounts, account]);
      return account;
    },
    removeTemporary: (name: string) =>
      change((accounts) => accounts.filter((account) => !(account.temporary && account.name === name))),
  };
}

/** Letters and digits that nobody mistakes for others when reading a card: no 0 O 1 l i. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Twelve random characters in three groups, `k7mp-x2dq-9rft`: 59 bits. */
export function newPassword(): { password: string; issue: string } {
  return { password: [group(), group(), group()].join('-'), issue: randomUUID() };
}

function group(): string {
  return Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
