import type { ListedAccount } from '../config/accounts.ts';
import { canonicalJson } from '../platform/fingerprint.ts';
import { isTemporary } from '../ports.ts';

/** An account as it is kept, without its password. */
export interface KeptAccount extends ListedAccount {
  /** Made by `verify` for itself; the next deploy takes it away. */
  readonly temporary: boolean;
}

/** Whether the list that is kept is the one that is wanted: names, admin rights, and nobody of a `verify`. */
export function sameAccounts(
  wanted: readonly ListedAccount[],
  kept: readonly KeptAccount[] | undefined,
): boolean {
  if (kept === undefined) return false;
  const listed = wanted.map(({ name, admin }) => ({ name, admin, temporary: false }));
  return canonicalJson(byName(listed)) === canonicalJson(byName(kept));
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
