import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type StoredAccount, accountList } from '../stored-accounts.ts';
import { readAccounts, writeAccounts } from './accounts.ts';
import type { LocalContext } from './context.ts';
import { safeName, serverLogFile } from './paths.ts';
import { deleteHome } from './perform.ts';

/** The people of one local environment, and what they leave on this machine. Implements `AccountBook`. */
export function accountBook(context: LocalContext) {
  const { paths } = context;
  const store = {
    read: () => readAccounts(paths.accounts),
    write: (accounts: readonly StoredAccount[]) => writeAccounts(paths.accounts, accounts),
  };
  return {
    ...accountList(store),
    hasHome: async (user: string) => existsSync(join(paths.homes, safeName(user))),
    deleteHome: (user: string) => deleteHome(context, user),
    deleteLog: (user: string) => rm(serverLogFile(paths, user), { force: true }),
  };
}
