import { type ListedAccount, listedAccounts } from '../../config/accounts.ts';
import type { Environment } from '../../config/schema/environment.ts';
import { isTemporary } from '../../ports.ts';
import { accountsChange, peopleToRemove, removal } from '../accounts.ts';
import type { Plan, Step } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import { impactsOf } from './impact.ts';
import type { ClusterObserved } from './observed.ts';

type ClusterStep = Step<ClusterAction>;

/** Who has an account, by the file; undefined where people come through OIDC. */
export function wantedAccounts({ auth }: Environment): ListedAccount[] | undefined {
  return auth.oidc === undefined && auth.accounts !== undefined ? listedAccounts(auth.accounts) : undefined;
}

export function removedPeople(
  environment: Environment,
  { accounts, hubUsers = [] }: ClusterObserved,
): string[] {
  return peopleToRemove({
    wanted: wantedAccounts(environment),
    kept: accounts,
    atHub: hubUsers.map(({ name }) => name),
  });
}

/** The part of a deploy that concerns people: nothing is installed or restarted. */
export function planAccounts(environment: Environment, observed: ClusterObserved): Plan<ClusterAction> {
  const removed = removedPeople(environment, observed);
  return {
    environment: environment.name,
    steps: peopleSteps(environment, observed, { removed, restartsHub: false }),
    impacts: impactsOf({
      servers: observed.servers,
      removed: removed.filter((name) => !isTemporary(name)),
      restarts: [],
      values: undefined,
    }),
    notes: [],
  };
}

interface People {
  readonly removed: readonly string[];
  /** A hub that starts reads the list of accounts before it listens; a running one is told to. */
  readonly restartsHub: boolean;
}

function accountsSteps(
  environment: Environment,
  { accounts: kept, hubUsers }: ClusterObserved,
  restartsHub: boolean,
): ClusterStep[] {
  const accounts = wantedAccounts(environment);
  if (accounts === undefined) return [];
  const { write, tell } = accountsChange(accounts, kept, hubUsers);
  const steps: ClusterStep[] = [];
  if (write !== undefined)
    steps.push({
      id: 'accounts',
      title: 'Accounts with their initial passwords',
      reason: write,
      needs: [`namespace:${environment.kubernetes?.namespace ?? ''}`],
      action: { kind: 'writeAccounts', accounts },
    });
  if (tell !== undefined && hubUsers !== undefined && !restartsHub)
    steps.push({
      id: 'accounts:sync',
      title: 'Tell the hub about the accounts',
      reason: tell,
      needs: ['accounts'],
      action: { kind: 'syncAccounts' },
    });
  return steps;
}

/** The steps that bring accounts up to date and take access away. */
export function peopleSteps(
  environment: Environment,
  observed: ClusterObserved,
  { removed, restartsHub }: People,
): ClusterStep[] {
  const steps = accountsSteps(environment, observed, restartsHub);
  if (removed.length > 0) {
    steps.push({
      id: 'remove-people',
      ...removal(removed),
      needs: ['jupyterhub:release', 'jupyterhub:ready', 'accounts', 'accounts:sync'],
      action: { kind: 'removePeople', names: removed },
    });
  }
  return steps;
}
