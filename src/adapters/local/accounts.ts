import { readIfThere, writeWhole } from '../files.ts';
import { type StoredAccount, accountsText, parseAccounts } from '../stored-accounts.ts';

/** @returns undefined when there is no list. @throws UserError when it cannot be understood. */
export async function readAccounts(path: string): Promise<StoredAccount[] | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  return parseAccounts(text, {
    where: path,
    fix: `Restore it from a backup, or move it away (\`mv ${path} ${path}.damaged\`): the next run makes new passwords for everybody.`,
  });
}

export async function writeAccounts(path: string, accounts: readonly StoredAccount[]): Promise<void> {
  await writeWhole(path, accountsText(accounts));
}
