import type { Environment } from '../../config/schema/environment.ts';
import type { KubernetesObject, System } from '../../platform/kubernetes/system.ts';
import { isTemporary } from '../../ports.ts';
import { inOrder } from '../order.ts';
import type { ObjectChange, Plan, Step, SystemChange } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import {
  certificateImpacts,
  certificateNotes,
  certificateRefusal,
  certificateSteps,
  prepareId,
} from './certificates/steps.ts';
import { askedByUpgrade, tooManyRequests } from './certificates/by-upgrade.ts';
import type { AcmeWanted } from './certificates/observed.ts';
import { ownNotes, ownRefusal } from './certificates/own-deploy.ts';
import { withRoomKept } from './certificates/way.ts';
import { deployNotes } from './deploy-notes.ts';
import { impactsOf } from './impact.ts';
import { onlyUnchecked } from './interrupted.ts';
import { changeHeld, savingNotes } from './longhorn/under-way.ts';
import { type ObjectIndex, asSent, indexed, keyOf, refOf, titleOf } from './objects-diff.ts';
import type { ClusterObserved } from './observed.ts';
import { nameTaken } from './names-taken.ts';
import { peopleSteps, removedPeople } from './people.ts';
import { type Rendered, type ReleaseChange, releaseChange, releaseKey } from './releases.ts';
import { repairNotes, repairSteps, somebodyElse } from './repair.ts';
import { retireNotes, retireSteps } from './retire-stack.ts';
import { versionNotes } from './version-advice.ts';

type ClusterStep = Step<ClusterAction>;

interface Deploy {
  readonly environment: Environment;
  readonly systems: readonly System[];
  /** As the file wants them, where `systems` are what comes first: until a certificate can be asked for. */
  readonly wanted?: readonly System[];
  readonly observed: ClusterObserved;
  /** What the charts of `releasesToRender` give. */
  readonly rendered: Rendered;
  /** Repair also what somebody else may be at work on. */
  readonly repair?: boolean;
}

/** The steps that bring the cluster from what was observed to what the file says, and what they mean for people. */
export function planDeploy(deploy: Deploy): Plan<ClusterAction> {
  const { environment, systems, observed, repair = false } = deploy;
  const asked = { environment, systems: deploy.wanted ?? systems, observed };
  const live = indexed(withRoomKept(asked));
  const changes = systems.map((system) => systemChange(system, deploy, live));
  const removed = removedPeople(environment, observed);
  const hub = changes.find(({ system }) => system.id === 'jupyterhub');
  const asksFor = askedByUpgrade(asked, hub?.release);
  const steps = [
    ...namespaceSteps(deploy),
    ...secretsStep(deploy),
    ...repairSteps(deploy),
    ...certificateSteps(asked, {
      namespaceStep: namespaceId(environment.kubernetes?.namespace ?? ''),
      asks: asksFor !== undefined,
    }),
    ...changes.flatMap((change) => systemSteps(change, systems, change === hub ? asksFor : undefined)),
    ...changes.flatMap((change) => waitStep(change, deploy)),
    ...pruneStep(deploy),
    ...retireSteps(observed),
    ...peopleSteps(environment, observed, {
      removed,
      restartsHub: hub?.release?.restarts.includes('hub') === true,
    }),
  ];
  const versions = versionNotes(changes.flatMap(plannedRelease), observed);
  const refusal =
    changeHeld(asked) ??
    versions.refusal ??
    nameTaken(deploy, live) ??
    certificateRefusal(asked) ??
    ownRefusal(asked) ??
    tooManyRequests(asksFor, observed, { environment: environment.name, verb: 'deploy' }) ??
    (repair ? undefined : somebodyElse(deploy, `hubwright deploy ${environment.name}`));
  return {
    environment: environment.name,
    steps: inOrder(steps),
    impacts: [
      ...impactsOf({
        servers: observed.servers,
        removed: removed.filter((name) => !isTemporary(name)),
        restarts: hub?.release?.restarts ?? [],
        values: hubValues(hub, observed),
      }),
      ...certificateImpacts(asked),
    ],
    notes: [
      ...deployNotes(deploy),
      ...savingNotes(asked),
      ...repairNotes(deploy),
      ...retireNotes(observed),
      ...versions.notes,
      ...certificateNotes(asked),
      ...ownNotes(asked),
    ],
    changes: changes.flatMap(shownChange),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** Whether Helm has something to do in it: nothing else needs one. */
export function needsHelm(
  deploy: Pick<Deploy, 'environment' | 'systems' | 'observed' | 'rendered'>,
): boolean {
  const { systems, observed, rendered } = deploy;
  if (Object.keys(rendered).length > 0 || repairSteps(deploy).length > 0) return true;
  const live = indexed(observed.live);
  return systems.some(({ release }) => release && releaseChange(release, observed, rendered, live));
}

function plannedRelease({ system, release }: Change): Parameters<typeof versionNotes>[0] {
  return system.release ? [{ release: system.release, changes: release !== undefined }] : [];
}

/** What is to be done about one system. */
interface Change {
  readonly system: System;
  /** Objects of our own that are missing or different. */
  readonly objects: readonly KubernetesObject[];
  readonly objectChanges: readonly ObjectChange[];
  readonly release: ReleaseChange | undefined;
}

function systemChange(system: System, { observed, rendered }: Deploy, live: ObjectIndex): Change {
  const objectChanges: ObjectChange[] = [];
  const objects = system.objects.filter((object) => {
    const now = live.get(keyOf(refOf(object)));
    const fields = now === undefined ? [] : asSent(now, object);
    if (now !== undefined && fields.length === 0) return false;
    objectChanges.push({
      object: titleOf(object),
      kind: now === undefined ? 'created' : 'changed',
      fields,
    });
    return true;
  });
  const release = system.release && releaseChange(system.release, observed, rendered, live);
  return { system, objects, objectChanges, release };
}

/** Systems that have to be there first, those that these need included. */
function allNeeds(system: System, systems: readonly System[]): string[] {
  const needed = systems.filter(({ id }) => system.needs.includes(id));
  return needed.flatMap((one) => [
    ...allNeeds(one, systems),
    `${one.id}:objects`,
    `${one.id}:release`,
    `${one.id}:ready`,
  ]);
}

function systemSteps(
  { system, objects, release }: Change,
  systems: readonly System[],
  asksFor: AcmeWanted | undefined,
): ClusterStep[] {
  const first = [
    'secrets',
    'accounts',
    ...(system.id === 'jupyterhub' ? [prepareId] : []),
    ...namespacesOf(system).map(namespaceId),
    ...allNeeds(system, systems),
  ];
  const steps: ClusterStep[] = [];
  if (objects.length > 0) {
    steps.push({
      id: `${system.id}:objects`,
      title: `${system.title}: ${objects.length === 1 ? titleOf(objects[0] as KubernetesObject) : `${objects.length} objects`}`,
      reason: 'not as the file says',
      needs: first,
      action: { kind: 'applyObjects', system: system.id, objects },
    });
  }
  if (release) {
    steps.push({
      id: `${system.id}:release`,
      title: `${system.title}: release ${release.release.name}`,
      reason: release.reason,
      needs: [...first, `${system.id}:objects`, `repair:${releaseKey(release.release)}`],
      action: {
        kind: 'upgradeRelease',
        release: release.release,
        ...(asksFor === undefined ? {} : { asksFor }),
      },
    });
  }
  return steps;
}

/** A run that was cut off may have left while something was not ready, which no comparison with the file shows. */
function waitStep({ system, objects, release }: Change, { systems, observed }: Deploy): ClusterStep[] {
  const { interrupted, releases } = observed;
  if (interrupted === undefined || objects.length > 0 || release) return [];
  // To be pending until there is room is what they are for.
  if (system.id === 'placeholders') return [];
  const sent = system.release && releases[releaseKey(system.release)]?.newest.objects;
  return [
    {
      id: `${system.id}:ready`,
      title: `${system.title}: see whether it is ready`,
      reason: onlyUnchecked(interrupted)
        ? `the check after \`${interrupted.command}\` has not passed`
        : `\`${interrupted.command}\` did not come to its end`,
      needs: allNeeds(system, systems),
      action: { kind: 'waitReady', objects: [...system.objects, ...(sent ?? [])].map(refOf) },
    },
  ];
}

function namespacesOf({ release, objects }: System): string[] {
  const names = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
  return [...new Set([...(release ? [release.namespace] : []), ...names])].toSorted();
}

function namespaceId(name: string): string {
  return `namespace:${name}`;
}

function namespaceSteps({ environment, systems, observed }: Deploy): ClusterStep[] {
  const own = environment.kubernetes?.namespace ?? '';
  const wanted = new Set([own, ...systems.flatMap(namespacesOf)]);
  wanted.delete('');
  return [...wanted].toSorted().flatMap((name): ClusterStep[] => {
    const isThere = observed.namespaces.includes(name);
    const isOwn = name === environment.kubernetes?.namespace;
    if (isThere && (!isOwn || observed.namespaceMarked)) return [];
    return [
      {
        id: namespaceId(name),
        title: isThere ? `Namespace ${name}: labels` : `Namespace ${name}`,
        reason: isThere ? 'by them others in the cluster know whose it is' : 'not there yet',
        needs: [],
        action: { kind: 'createNamespace', name },
        // The lock stands in it, and makes it.
        ...(name === own ? { incidental: true as const } : {}),
      },
    ];
  });
}

/** Tokens that the hub and the tool share. A chart would make new ones with every upgrade that finds none. */
function secretsStep({ environment, observed }: Deploy): ClusterStep[] {
  if (observed.missingSecrets.length === 0) return [];
  return [
    {
      id: 'secrets',
      title: 'Tokens of the hub',
      reason: 'made once and kept in the cluster; those that the chart has made are taken over',
      needs: [namespaceId(environment.kubernetes?.namespace ?? '')],
      action: { kind: 'createSecrets', names: observed.missingSecrets },
    },
  ];
}

/** Objects that an earlier file asked for. */
function pruneStep({ systems, observed }: Deploy): ClusterStep[] {
  const wanted = new Set(systems.flatMap(({ objects }) => objects.map((object) => keyOf(refOf(object)))));
  const objects = observed.owned.filter((ref) => !wanted.has(keyOf(ref)));
  if (objects.length === 0) return [];
  return [
    {
      id: 'prune',
      title: `Delete ${objects.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
      reason: 'the file does not ask for it any more',
      needs: systems.flatMap(({ id }) => [`${id}:objects`, `${id}:release`]),
      action: { kind: 'deleteObjects', objects },
    },
  ];
}

function hubValues(hub: Change | undefined, observed: ClusterObserved) {
  const release = hub?.system.release;
  const now = release && observed.releases[releaseKey(release)];
  return release && now ? { before: now.newest.values, after: release.values } : undefined;
}

function shownChange({ system, objectChanges, release }: Change): SystemChange[] {
  const objects = [...objectChanges, ...(release?.change.objects ?? [])];
  const values = release?.change.values ?? [];
  return objects.length + values.length === 0 ? [] : [{ title: system.title, values, objects }];
}
