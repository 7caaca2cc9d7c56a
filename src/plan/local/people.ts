import type { LocalSystem } from '../../platform/local/settings.ts';
import { accountsChange, peopleToRemove, removal } from '../accounts.ts';
import type { Step } from '../plan.ts';
import type { LocalAction } from './actions.ts';
import type { LocalObserved } from './observed.ts';

type LocalStep = Step<LocalAction>;

/** The list is rewritten when names or admin rights differ, or when `verify` left somebody behind. */
export function accountsSteps(system: LocalSystem, observed: LocalObserved, startsHub: boolean): LocalStep[] {
  const { accounts } = system;
  if (accounts === undefined) return [];
  const { write, tell } = accountsChange(accounts, observed.accounts, observed.hubUsers);
  const steps: LocalStep[] = [];
  if (write !== undefined)
    steps.push({
      id: 'accounts',
      title: 'Write the accounts',
      reason: write,
      needs: [],
      action: { kind: 'writeAccounts', accounts },
    });
  // A hub that starts reads the list before it listens; a running one is told to.
  if (tell !== undefined && !startsHub && observed.hub.state === 'running')
    steps.push({
      id: 'accounts:sync',
      title: 'Tell the hub about the accounts',
      reason: tell,
      needs: ['accounts'],
      action: { kind: 'syncAccounts' },
    });
  return steps;
}

/** With OIDC nobody has a password here. The list goes last: until they are off the hub, it names who has to go. */
export function deleteAccountsStep(system: LocalSystem, observed: LocalObserved): LocalStep[] {
  if (system.accounts !== undefined || observed.accounts === undefined) return [];
  return [
    {
      id: 'accounts:delete',
      title: 'Delete the accounts',
      reason: 'people log in through the OIDC provider now',
      needs: ['hub', 'remove-people'],
      action: { kind: 'deleteAccounts' },
    },
  ];
}

export function removedPeople({ accounts }: LocalSystem, observed: LocalObserved): string[] {
  // A hub that does not run cannot be asked. Whose server it left running is known without it.
  const atHub = [
    ...(observed.hubUsers ?? []).map(({ name }) => name),
    ...observed.servers.map(({ user }) => user),
  ];
  return peopleToRemove({ wanted: accounts, kept: observed.accounts, atHub });
}

export function removeStep(names: readonly string[]): LocalStep[] {
  if (names.length === 0) return [];
  return [
    {
      id: 'remove-people',
      ...removal(names),
      needs: ['hub', 'accounts', 'accounts:sync'],
      action: { kind: 'removePeople', names },
    },
  ];
}

/** For when no hub runs, which would stop them with whatever else it knows of these people. The next one forgets those. */
export function stopServersStep(removed: readonly string[], { servers }: LocalObserved): LocalStep[] {
  const names = servers.map(({ user }) => user).filter((name) => removed.includes(name));
  if (names.length === 0) return [];
  return [
    {
      id: 'remove-people:servers',
      title: `Stop ${names.length === 1 ? `the server of ${names[0]}` : `${names.length} servers`}`,
      reason: 'these people are not in the file any more, and no hub runs that would stop them',
      needs: ['accounts'],
      action: { kind: 'stopServersOf', names },
    },
  ];
}
