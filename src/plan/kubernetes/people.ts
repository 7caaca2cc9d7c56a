import { type ListedAccount, listedAccounts } from '../../config/accounts.ts';
import type { Environment } from '../../config/schema/environment.ts';
import { isTemporary } from '../../ports.ts';
import { peopleToRemove, removal, sameAccounts } from '../accounts.ts';
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
  return peopleToRemove({ wanted: wantedAccounts(environment), kept: accounts, atHub: hubUsers });
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

/** The steps that bring accounts up to date and take access away. */
export function peopleSteps(
  environment: Environment,
  observed: ClusterObserved,
  { removed, restartsHub }: People,
): ClusterStep[] {
  const wanted = wantedAccounts(environment);
  const steps: ClusterStep[] = [];
  if (wanted !== undefined && !sameAccounts(wanted, observed.accounts)) {
    const reason = observed.accounts === undefined ? 'there are none yet' : 'the list of people has changed';
    steps.push({
      id: 'accounts',
      title: 'Accounts with their initial passwords',
      reason,
      needs: [`namespace:${environment.kubernetes?.namespace ?? ''}`],
      action: { kind: 'writeAccounts', accounts: wanted },
    });
    if (observed.hubUsers !== undefined && !restartsHub) {
      steps.push({
        id: 'accounts:sync',
        title: 'Tell the hub about the accounts',
        reason,
        needs: ['accounts'],
        action: { kind: 'syncAccounts' },
      });
    }
  }
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
