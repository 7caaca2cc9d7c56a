import { closest } from '../config/shape/distance.ts';
import { UserError } from '../errors.ts';
import { type HubUser, isTemporary } from '../ports.ts';
import { whileLocked } from './change.ts';
import type { HubConnection, Target } from './target.ts';

export interface PersonListed {
  readonly name: string;
  readonly admin: boolean;
  /** Whether the password that Hubwright made still holds. Only a hub that runs can tell; `oidc`: the provider knows. */
  readonly password: 'initial' | 'changed' | 'unknown' | 'oidc';
  readonly lastActivity: string | undefined;
  readonly profile: string | undefined;
}

/** Everybody who may log in, and with OIDC everybody who has. */
export async function listPeople(target: Target): Promise<PersonListed[]> {
  const [accounts, hub] = await Promise.all([target.accounts.list(), target.hub().catch(() => undefined)]);
  const users = new Map((await hub?.api.users())?.map((user) => [user.name, user]));
  // People come through OIDC.
  if (accounts.length === 0) return [...users.values()].filter(isPerson).map((user) => person(user, 'oidc'));
  const changed = await hub?.api.changedPasswords();
  return accounts.map(({ name, admin }) => {
    const user = users.get(name);
    return {
      ...person({ name, lastActivity: user?.lastActivity, server: user?.server }, passwordOf(name, changed)),
      admin,
    };
  });
}

function passwordOf(name: string, changed: ReadonlySet<string> | undefined): PersonListed['password'] {
  if (changed === undefined) return 'unknown';
  return changed.has(name) ? 'changed' : 'initial';
}

function isPerson({ name }: HubUser): boolean {
  return !isTemporary(name);
}

function person(
  user: Omit<HubUser, 'admin'> & { readonly admin?: boolean },
  password: PersonListed['password'],
): PersonListed {
  const { name, admin = false, lastActivity, server } = user;
  return { name, admin, password, lastActivity, profile: server?.profile };
}

/** What stands on a person's card. Holds a password: handle as a secret. */
export interface Card {
  readonly name: string;
  readonly admin: boolean;
  /** undefined: the person has chosen one of their own. */
  readonly password: string | undefined;
}

/** Everybody's card. @throws UserError where there is nothing to hand out. */
export async function cards(
  target: Target,
): Promise<{ readonly url: string; readonly cards: readonly Card[] }> {
  refuseOidc(target, 'have no passwords here: they log in through the OIDC provider');
  const hub = await target.hub();
  const [accounts, changed] = await Promise.all([target.accounts.list(), hub.api.changedPasswords()]);
  const list = accounts.map(({ name, admin, password }) => ({
    name,
    admin,
    password: changed.has(name) ? undefined : password,
  }));
  return { url: hub.url, cards: list };
}

/** Gives people new passwords, at once. @throws UserError for a name that is not listed. */
export async function resetPasswords(target: Target, names: readonly string[]): Promise<readonly Card[]> {
  refuseOidc(target, 'have no passwords here: the OIDC provider resets them');
  return whileLocked(target, `hubwright users ${target.environment.name} reset`, async () => {
    const known = new Set((await target.accounts.list()).map(({ name }) => name));
    const unknown = names.filter((name) => !known.has(name));
    if (unknown.length > 0) throw nobodyCalled(unknown, [...known], target);
    const fresh = await target.accounts.reset(names);
    const hub: HubConnection | undefined = await target.hub().catch(() => undefined);
    // A hub that does not run reads the list when it starts.
    await hub?.api.syncAccounts();
    return fresh;
  });
}

/** @throws UserError for a name that nobody has. */
export async function refuseStranger(target: Target, name: string): Promise<void> {
  const [accounts, hub] = await Promise.all([target.accounts.list(), target.hub().catch(() => undefined)]);
  const users = (await hub?.api.users().catch(() => [])) ?? [];
  const known = [...accounts, ...users].map((one) => one.name);
  if (!known.includes(name)) throw nobodyCalled([name], known, target);
}

function nobodyCalled(
  names: readonly string[],
  known: readonly string[],
  { environment }: Target,
): UserError {
  const meant = names.map((name) => closest(name, known)).filter((name) => name !== undefined);
  const suggestion = meant.length === 0 ? '' : `Did you mean ${meant.join(', ')}? `;
  return new UserError({
    what: `Nobody is called ${names.join(', ')}.`,
    where: `environment ${environment.name}`,
    fix: `${suggestion}\`hubwright users ${environment.name} list\` shows who there is.`,
    exitCode: 2,
  });
}

function refuseOidc({ environment }: Target, why: string): void {
  if (!environment.auth.oidc) return;
  throw new UserError({
    what: `People of environment ${environment.name} ${why}.`,
    fix: 'Change their groups or passwords at the provider.',
    exitCode: 2,
  });
}
