import type { Environment } from '../../config/schema/environment.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import { fewNames } from '../names.ts';
import { chained } from '../order.ts';
import type { Impact, Plan, Step } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import { saveStep as saveCertificate } from './certificates/common-steps.ts';
import { acmeWanted } from './certificates/wanted.ts';
import { isUnsaved } from './certificates/way.ts';
import type { Destroy } from './destroy.ts';
import { notesOf, usersOf } from './destroy-notes.ts';
import { destroyHeld } from './longhorn/under-way.ts';
import { keyOf, refOf } from './objects-diff.ts';
import type { ClusterObserved, ObjectRef } from './observed.ts';
import { releaseKey } from './releases.ts';
import { removal } from './retire-stack.ts';
import { isKept, isOfLonghorn, partedHomes, releaseObjects, vanishingVolumes, volumeRef } from './volumes.ts';

type ClusterStep = Step<ClusterAction>;

/**
 * The steps that take an environment off the cluster: servers first, then the hub, then homes, then what carried them. The
 * hub's database and the certificate are saved before anything goes. Homes stay unless asked.
 */
export function planDestroy(destroy: Destroy): Plan<ClusterAction> {
  const { environment, systems, observed, intent } = destroy;
  const own = systems.filter(({ scope }) => scope === 'environment');
  const shared = systems.filter(
    (system) =>
      system.scope === 'cluster' && intent.withClusterSystems && usersOf(system, destroy).length === 0,
  );
  // What is taken down must not be needed by something that still runs.
  const steps = chained([
    ...saveStep(destroy),
    ...certificateStep(destroy),
    ...serversStep(observed),
    // Those that need others go before them.
    ...own.toReversed().flatMap((system) => systemSteps(system, observed)),
    // A storage that is uninstalled deletes no volume any more.
    ...homesStep(destroy),
    ...volumesStep(destroy),
    ...shared.toReversed().flatMap((system) => systemSteps(system, observed)),
    ...ownStep(environment, observed),
    ...unmarkStep(destroy),
  ]);
  const refusal = destroyHeld(destroy);
  // Of a run that was cut off the proof is still to come.
  const isUnproven = observed.loadBalancers.length > 0 || observed.interrupted !== undefined;
  return {
    environment: environment.name,
    steps: steps.length > 0 || isUnproven ? [...steps, proof(steps, [...own, ...shared], destroy)] : [],
    impacts: impactsOf(destroy),
    notes: notesOf(destroy, shared),
    ...(refusal === undefined ? {} : { refusal }),
  };
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
      title: "Save the hub's database",
      reason: 'it is lost otherwise',
      needs: [],
      action: {
        kind: 'saveHub',
        orElse: `go on without: \`hubwright destroy ${environment.name} --no-save\`.`,
        needed: false,
      },
    },
  ];
}

/** It stays in the namespace, and whoever deletes that takes it along. What keeps the database from being saved keeps not this. */
function certificateStep({ environment, systems, observed }: Destroy): ClusterStep[] {
  const want = acmeWanted(environment, systems);
  return want !== undefined && isUnsaved(observed) ? [saveCertificate(want, [])] : [];
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

function systemSteps(system: System, observed: ClusterObserved): ClusterStep[] {
  const { id, title, release, objects } = system;
  const live = new Set(observed.live.map((object) => keyOf(refOf(object))));
  const there = objects.map(refOf).filter((ref) => live.has(keyOf(ref)));
  const isInstalled = release !== undefined && observed.releases[releaseKey(release)] !== undefined;
  if (id === 'monitoring' && release !== undefined)
    return isInstalled || there.length > 0 ? [removal(release.namespace, 'the environment goes', [])] : [];
  const steps: ClusterStep[] = [];
  if (isInstalled) {
    steps.push({
      id: `${id}:uninstall`,
      title: `${title}: uninstall release ${release.name}`,
      reason: 'the environment goes',
      needs: [],
      action: { kind: 'uninstallRelease', name: release.name, namespace: release.namespace, system: id },
    });
  }
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

/** Storage deletes a volume some time after its claim, and until then only if it is there. */
function volumesStep(destroy: Destroy): ClusterStep[] {
  const volumes = vanishingVolumes(destroy);
  if (volumes.length === 0) return [];
  return [
    {
      id: 'volumes',
      title: `Wait until ${volumes.length} volume${volumes.length === 1 ? ' is' : 's are'} gone`,
      reason: `${volumes.some(isOfLonghorn) ? 'Longhorn' : 'their storage'} deletes them after their claims`,
      needs: [],
      action: { kind: 'waitGone', objects: volumes.map(volumeRef) },
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
function unmarkStep(destroy: Destroy): ClusterStep[] {
  const { environment, observed } = destroy;
  const name = environment.kubernetes?.namespace ?? '';
  if (!observed.namespaceMarked || partedHomes(destroy).staying.length > 0) return [];
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

function proof(steps: readonly ClusterStep[], going: readonly System[], destroy: Destroy): ClusterStep {
  const releases = going.flatMap(({ release }) => release ?? []);
  const sent = releases.flatMap((release) => releaseObjects(release, destroy.observed));
  const objects = [
    ...steps.flatMap(({ action }): readonly ObjectRef[] =>
      action.kind === 'deleteObjects' || action.kind === 'waitGone' ? action.objects : [],
    ),
    ...sent.filter((object) => !isKept(object)).map(refOf),
  ];
  return {
    id: 'proof',
    title: 'Look whether anything is left',
    reason:
      partedHomes(destroy).staying.length === 0 ? 'nothing should be' : 'nothing but the homes should be',
    needs: steps.map(({ id }) => id),
    action: {
      kind: 'proveGone',
      objects: [...new Map(objects.map((ref) => [keyOf(ref), ref])).values()],
      releases: releases.map(({ name, namespace }) => ({ name, namespace })),
    },
  };
}

function impactsOf({ observed }: Destroy): Impact[] {
  const people = observed.servers.map(({ user }) => user);
  if (people.length === 0) return [];
  const text = `The servers of ${fewNames(people)} stop, and what is not saved in their notebooks is lost.`;
  return [{ kind: 'serverStops', people, text }];
}
