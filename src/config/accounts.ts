import type { Accounts } from './schema/auth.ts';

/** A person who may log in. */
export interface ListedAccount {
  readonly name: string;
  readonly admin: boolean;
}

/** What comes before the name of every administrator's account. */
export const adminPrefix = 'admin-';

/** The accounts that the file lists: administrators, then the numbered row, then the extra ones, each name once. */
export function listedAccounts(accounts: Accounts): ListedAccount[] {
  const listed = new Map<string, ListedAccount>();
  const add = (name: string, admin: boolean): void => {
    // An administrator named again as an extra account stays an administrator.
    if (!listed.has(name)) listed.set(name, { name, admin });
  };
  for (const name of accounts.admins.toSorted(natural)) add(`${adminPrefix}${name}`, true);
  const row = accounts.users;
  for (let number = 1; row !== undefined && number <= row.count; number += 1) {
    add(`${row.prefix}-${String(number)}`, false);
  }
  for (const name of accounts.extra.toSorted(natural)) add(name, false);
  return [...listed.values()];
}

/** `a-2` before `a-10`, the same on every machine (no locale). */
export function natural(left: string, right: string): number {
  const a = left.match(/\d+|\D+/g) ?? [];
  const b = right.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = comparePieces(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length || compareText(left, right);
}

function comparePieces(a: string, b: string): number {
  const bothNumbers = /^\d/.test(a) && /^\d/.test(b);
  return bothNumbers ? Number(a) - Number(b) : compareText(a, b);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
