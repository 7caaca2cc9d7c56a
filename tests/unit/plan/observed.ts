import type { LocalObserved } from '../../../src/plan/local/observed.ts';
import { planUp } from '../../../src/plan/local/plan-up.ts';
import type { LocalAction } from '../../../src/plan/local/actions.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { RunningServer } from '../../../src/ports.ts';
import { compileLocal } from '../../../src/platform/local/compile.ts';
import { localEnvironment } from '../environment.ts';

/** A machine on which nothing was ever done. */
export const empty: LocalObserved = {
  homes: '/data/homes',
  machine: { limits: 'systemd', limitsReason: '', readOnlyMounts: true, mountsReason: '' },
  ports: { public: 8000, hub: 40001, proxyApi: 40002, proxyMetrics: 40003 },
  portTaken: undefined,
  runtime: 'r1',
  clientSecret: undefined,
  pythonSets: { hub: { python: '/data/python/a/bin/python', installed: false } },
  settings: { hub: undefined, profiles: undefined },
  accounts: undefined,
  proxy: { state: 'stopped' },
  hub: { state: 'stopped' },
  prometheus: { state: 'stopped' },
  monitoring: { program: '/usr/bin/prometheus', port: 40004, node: 'laptop', folder: '/data/prometheus' },
  servers: [],
  hubUsers: undefined,
  materials: undefined,
  otherFile: undefined,
};

export function planFor(yaml: string, observed: LocalObserved): Plan<LocalAction> {
  const environment = localEnvironment(yaml);
  return planUp(environment, compileLocal(environment), observed);
}

/** The machine after every step of that plan was done. */
export function after(plan: Plan<LocalAction>, before: LocalObserved): LocalObserved {
  return plan.steps.reduce((observed, { action }) => performed(action, observed), before);
}

function performed(action: LocalAction, observed: LocalObserved): LocalObserved {
  const process = { pid: 1, startTime: 'x' };
  const running = { state: 'running', process, since: '2026-11-23T09:00:00Z' } as const;
  switch (action.kind) {
    case 'installPython':
      return {
        ...observed,
        pythonSets: {
          ...observed.pythonSets,
          [action.set.id]: { python: `/data/python/${action.set.id}`, installed: true },
        },
      };
    case 'writeAccounts':
      return { ...observed, accounts: action.accounts.map((account) => ({ ...account, temporary: false })) };
    case 'deleteAccounts':
      return { ...observed, accounts: undefined };
    case 'writeSettings':
      return { ...observed, settings: { hub: action.hub, profiles: action.profiles } };
    case 'startProxy':
      return {
        ...observed,
        proxy: { ...running, startedWith: action.startedWith, port: action.ports.public },
      };
    case 'startHub':
      return {
        ...observed,
        hub: { ...running, startedWith: action.startedWith, port: action.ports.hub },
        // The hub's database outlives it.
        hubUsers: action.listed
          ? listed(observed).filter(({ name }) => action.listed?.includes(name))
          : (observed.hubUsers ?? []),
      };
    case 'syncAccounts':
      return { ...observed, hubUsers: withListed(observed) };
    case 'startPrometheus':
      return {
        ...observed,
        prometheus: { ...running, startedWith: action.startedWith, port: action.file.port },
      };
    case 'stopPrometheus':
      return { ...observed, prometheus: { state: 'stopped' } };
    case 'removePeople':
      return { ...observed, hubUsers: observed.hubUsers?.filter(({ name }) => !action.names.includes(name)) };
    default:
      return observed;
  }
}

type People = NonNullable<LocalObserved['hubUsers']>;

function listed({ accounts = [] }: LocalObserved): People {
  return accounts.map(({ name, admin }) => ({ name, admin }));
}

/** Everybody of the list with their rights, and who is on the hub besides. */
function withListed(observed: LocalObserved): People {
  const people = listed(observed);
  const others = observed.hubUsers?.filter(({ name }) => !people.some((one) => one.name === name)) ?? [];
  return [...people, ...others.map(({ name }) => ({ name, admin: false }))];
}

/** A person at work, with the profile as the settings on disk have it. */
export function working(user: string, profile: string, observed: LocalObserved): RunningServer {
  const { profiles } = observed.settings.profiles as { profiles: { slug: string; fingerprint: string }[] };
  const fingerprint = profiles.find(({ slug }) => slug === profile)?.fingerprint;
  return { user, profile, fingerprint, started: undefined, lastActivity: undefined, ready: true };
}

export const stepIds = (plan: Plan<LocalAction>): string[] => plan.steps.map(({ id }) => id);
