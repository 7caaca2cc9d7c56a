import type { ListedAccount } from '../config/accounts.ts';
import { canonicalJson } from '../platform/fingerprint.ts';
import { isTemporary } from '../ports.ts';

/** An account as it is kept, without its password. */
export interface KeptAccount extends ListedAccount {
  /** Made by `verify` for itself; the next deploy takes it away. */
  readonly temporary: boolean;
}

/** Whether the list that is kept is the one that is wanted: names, admin rights, and nobody of a `verify`. */
function sameAccounts(wanted: readonly ListedAccount[], kept: readonly KeptAccount[] | undefined): boolean {
  if (kept === undefined) return false;
  const listed = wanted.map(({ name, admin }) => ({ name, admin, temporary: false }));
  return canonicalJson(byName(listed)) === canonicalJson(byName(kept));
}

/** Why the list has to be written, and why a hub that runs on has to be told of it; undefined where that is so already. */
export function accountsChange(
  wanted: readonly ListedAccount[],
  kept: readonly KeptAccount[] | undefined,
  atHub: readonly ListedAccount[] | undefined,
): { readonly write: string | undefined; readonly tell: string | undefined } {
  if (sameAccounts(wanted, kept)) {
    const tell = follows(atHub, wanted) ? undefined : 'it does not follow the list of people yet';
    return { write: undefined, tell };
  }
  const reason = kept === undefined ? 'there are none yet' : 'the list of people has changed';
  return { write: reason, tell: reason };
}

/**
 * Whether the hub has everybody, with the right that they are to have. After a run that was killed when it had written
 * the list, the hub would go on with the old one until the next log-in.
 */
function follows(atHub: readonly ListedAccount[] | undefined, wanted: readonly ListedAccount[]): boolean {
  if (atHub === undefined) return true;
  const rights = new Map(atHub.map(({ name, admin }) => [name, admin]));
  return wanted.every(({ name, admin }) => rights.get(name) === admin);
}

function byName<T extends { readonly name: string }>(accounts: readonly T[]): T[] {
  return accounts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface Known {
  /** Who is listed; undefined where people come through OIDC: then the groups decide, not a list. */
  readonly wanted: readonly ListedAccount[] | undefined;
  readonly kept: readonly KeptAccount[] | undefined;
  /** Names that the hub knows. */
  readonly atHub: readonly string[];
}

/** People who are known and not listed any more. */
export function peopleToRemove({ wanted, kept = [], atHub }: Known): string[] {
  const listed = new Set(wanted?.map(({ name }) => name));
  const known = [
    ...kept.map(({ name }) => name),
    ...(wanted === undefined ? atHub.filter(isTemporary) : atHub),
  ];
  return [...new Set(known)].filter((name) => !listed.has(name)).toSorted();
}

/** The step that takes people off the hub, in words. */
export function removal(names: readonly string[]): { readonly title: string; readonly reason: string } {
  return {
    title: `Take ${names.length === 1 ? `${names[0]}` : `${names.length} people`} off the hub`,
    reason: names.every(isTemporary)
      ? 'a verify that was interrupted left them behind'
      : 'they are not in the file any more; their homes stay',
  };
}
