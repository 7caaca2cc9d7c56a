import type { Environment } from '../../config/schema/environment.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import { fewNames } from '../names.ts';
import type { Impact, Note, Plan, Step } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import { keyOf, refOf } from './objects-diff.ts';
import type { ClusterObserved, ObjectRef } from './observed.ts';
import { releaseKey } from './releases.ts';

type ClusterStep = Step<ClusterAction>;

export interface DestroyIntent {
  readonly kind: 'destroy';
  /** Delete people's homes too. */
  readonly withHomes: boolean;
  /** Save the hub's database and the certificate first. */
  readonly save: boolean;
  /** Take down what the cluster shares, if no other environment uses it. */
  readonly withClusterSystems: boolean;
}

interface Destroy {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
  readonly intent: DestroyIntent;
}

/**
 * The steps that take an environment off the cluster: servers first, then the hub, then what carried it. The hub's
 * database and the certificate are saved before anything goes. Homes stay unless asked.
 */
export function planDestroy(destroy: Destroy): Plan<ClusterAction> {
  const { environment, systems, observed, intent } = destroy;
  const { neighbours } = observed;
  const shared = intent.withClusterSystems && neighbours.length === 0;
  const going = systems.filter(({ scope }) => scope === 'environment' || shared);
  const steps = chained([
    ...saveStep(destroy),
    ...serversStep(observed),
    // Those that need others go before them.
    ...going.toReversed().flatMap((system) => systemSteps(system, observed)),
    ...homesStep(destroy),
    ...ownStep(environment, observed),
    ...unmarkStep(destroy),
  ]);
  return {
    environment: environment.name,
    steps: steps.length === 0 ? [] : [...steps, proof(steps, destroy)],
    impacts: impactsOf(destroy),
    notes: notesOf(destroy, going, neighbours),
  };
}

/** One after the other: what is taken down must not be needed by something that still runs. */
function chained(steps: readonly ClusterStep[]): ClusterStep[] {
  return steps.map((step, index) => {
    const before = steps[index - 1];
    return before === undefined ? step : { ...step, needs: [before.id] };
  });
}

function saveStep({ environment, observed, intent }: Destroy): ClusterStep[] {
  const namespace = environment.kubernetes?.namespace ?? '';
  const hub = observed.live.some(
    ({ kind, metadata }) =>
      kind === 'Deployment' && metadata.name === 'hub' && metadata.namespace === namespace,
  );
  if (!hub || !intent.save) return [];
  return [
    {
      id: 'save',
      title: "Save the hub's database and the certificate",
      reason: 'they are lost otherwise',
      needs: [],
      action: { kind: 'saveBeforeDestroy' },
    },
  ];
}

function serversStep({ servers }: ClusterObserved): ClusterStep[] {
  if (servers.length === 0) return [];
  return [
    {
      id: 'servers',
      title: `Stop ${servers.length} server${servers.length === 1 ? '' : 's'}`,
      reason: 'nobody would reach them any more',
      needs: [],
      action: { kind: 'stopServers' },
    },
  ];
}

function systemSteps({ id, title, release, objects }: System, observed: ClusterObserved): ClusterStep[] {
  const steps: ClusterStep[] = [];
  if (release && observed.releases[releaseKey(release)]) {
    steps.push({
      id: `${id}:uninstall`,
      title: `${title}: uninstall release ${release.name}`,
      reason: 'the environment goes',
      needs: [],
      action: { kind: 'uninstallRelease', name: release.name, namespace: release.namespace, system: id },
    });
  }
  const live = new Set(observed.live.map((object) => keyOf(refOf(object))));
  const there = objects.map(refOf).filter((ref) => live.has(keyOf(ref)));
  if (there.length > 0) {
    steps.push({
      id: `${id}:delete`,
      title: `${title}: delete ${there.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
      reason: 'the environment goes',
      needs: [],
      action: { kind: 'deleteObjects', objects: there.toReversed() },
    });
  }
  return steps;
}

function homesStep({ intent, observed }: Destroy): ClusterStep[] {
  if (!intent.withHomes || observed.homes.length === 0) return [];
  return [
    {
      id: 'homes',
      title: `Delete ${observed.homes.length} volume${observed.homes.length === 1 ? '' : 's'} with people's files and the hub's database`,
      reason: 'asked for with --with-homes',
      needs: [],
      action: { kind: 'deleteObjects', objects: observed.homes.map(({ ref }) => ref) },
    },
  ];
}

/** What Hubwright keeps for itself in the namespace. The passwords of homes that stay are of no use without a hub. */
function ownStep({ kubernetes }: Environment, observed: ClusterObserved): ClusterStep[] {
  const namespace = kubernetes?.namespace ?? '';
  if (!observed.namespaces.includes(namespace) || observed.kept.length === 0) return [];
  return [
    {
      id: 'kept',
      title: 'Delete the accounts and tokens',
      reason: 'the environment goes',
      needs: [],
      action: { kind: 'deleteObjects', objects: observed.kept },
    },
  ];
}

/** Homes that stay need what the cluster shares: for their sake it stays marked. */
function unmarkStep({ environment, observed, intent }: Destroy): ClusterStep[] {
  const name = environment.kubernetes?.namespace ?? '';
  if (!observed.namespaceMarked || (observed.homes.length > 0 && !intent.withHomes)) return [];
  return [
    {
      id: 'namespace',
      title: `Namespace ${name}: take the labels off`,
      reason: 'nothing of the environment stays in it',
      needs: [],
      action: { kind: 'unmarkNamespace', name },
    },
  ];
}

function proof(steps: readonly ClusterStep[], { observed, intent }: Destroy): ClusterStep {
  const objects = steps.flatMap(({ action }): readonly ObjectRef[] =>
    action.kind === 'deleteObjects' ? action.objects : [],
  );
  return {
    id: 'proof',
    title: 'Look whether anything is left',
    reason:
      intent.withHomes || observed.homes.length === 0
        ? 'nothing should be'
        : 'nothing but the homes should be',
    needs: steps.map(({ id }) => id),
    action: { kind: 'proveGone', objects },
  };
}

function impactsOf({ observed }: Destroy): Impact[] {
  const people = observed.servers.map(({ user }) => user);
  if (people.length === 0) return [];
  const text = `The servers of ${fewNames(people)} stop, and what is not saved in their notebooks is lost.`;
  return [{ kind: 'serverStops', people, text }];
}

function notesOf(
  { observed, intent, environment }: Destroy,
  going: readonly System[],
  neighbours: ClusterObserved['neighbours'],
): Note[] {
  const notes: Note[] = [
    {
      severity: 'info',
      text: `context ${observed.context}, namespace ${environment.kubernetes?.namespace ?? ''}`,
    },
  ];
  const homes = observed.homes.length;
  if (homes > 0) {
    notes.push(
      intent.withHomes
        ? { severity: 'warning', text: `${homes} volumes are deleted; nothing brings them back` }
        : {
            severity: 'info',
            text: `${homes} volumes (homes and the hub's database) stay; --with-homes deletes them`,
          },
    );
  }
  if (going.some(({ id }) => id === 'longhorn')) {
    notes.push({
      severity: 'warning',
      text: 'removing Longhorn deletes every volume in the cluster, whoever it belongs to',
    });
  } else if (intent.withClusterSystems) {
    const names = neighbours.map(({ environment: name }) => name).join(', ');
    notes.push({
      severity: 'warning',
      text: `what the cluster shares stays: ${names} still use${neighbours.length === 1 ? 's' : ''} it`,
    });
  }
  return notes;
}
