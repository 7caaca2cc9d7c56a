import type { Environment } from '../../../config/schema/environment.ts';
import { fewNames } from '../../names.ts';
import { chained } from '../../order.ts';
import type { Plan, Refusal, Step } from '../../plan.ts';
import type { ClusterAction } from '../actions.ts';
import { refOf } from '../objects-diff.ts';
import type { ObjectRef } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import { repairSteps } from '../repair.ts';
import { type InstalledVersions, versionNotes } from '../version-advice.ts';
import { counted } from '../volumes.ts';
import { halfGone } from './half-gone.ts';
import { type PageLooked, pageBack, pageGone, pageRefusal } from './page.ts';
import { type Progress, type ReinstallLooked, progressOf, works } from './progress.ts';
import { impactsOf, notesOf } from './reinstall-words.ts';
import { anothersReinstall, isOurs, notInstalled, peopleOn, saveRefusal } from './refusals.ts';

type Draft = Omit<Step<ClusterAction>, 'needs'>;

/**
 * Takes Longhorn off the cluster and puts it back, volumes saved first: uninstalling deletes every one. Where an earlier run
 * was cut off, the steps that are left.
 */
export function planReinstall(looked: ReinstallLooked): Plan<ClusterAction> {
  const { environment } = looked;
  const progress = progressOf(looked);
  if (isProvenOnly(looked, progress)) return planOf(environment, chained([proof(looked)]));
  const versions = versionNotes(
    [{ release: looked.system.release, changes: true }],
    asInstalled(looked, progress),
  );
  const refusal = refusalOf(looked, progress) ?? versions.refusal;
  if (refusal !== undefined) return { ...planOf(environment, []), refusal };
  const steps = chained([
    ...(progress.begun ? [] : savingSteps(looked, progress)),
    ...(progress.uninstalled ? [] : goingSteps(looked, progress)),
    ...comingSteps(looked, progress),
    ...wakingSteps(looked, progress),
    proof(looked),
  ]);
  return {
    ...planOf(environment, steps),
    impacts: progress.begun ? [] : impactsOf(looked),
    notes: [...notesOf(looked, progress), ...versions.notes],
  };
}

function planOf({ name }: Environment, steps: Plan<ClusterAction>['steps']): Plan<ClusterAction> {
  return { environment: name, steps, impacts: [], notes: [] };
}

/** A run that was cut off after its last step has left nothing but its note that it is under way. */
function isProvenOnly({ observed }: ReinstallLooked, { kept, release }: Progress): boolean {
  const { interrupted } = observed;
  if (interrupted === undefined || kept !== undefined || release === undefined) return false;
  const isOfReinstall = / longhorn \S+ reinstall\b/.test(interrupted.command);
  return isOfReinstall && interrupted.open.every((id) => id === 'forget' || id === 'proof');
}

function refusalOf(looked: ReinstallLooked, progress: Progress): Refusal | undefined {
  const { release, kept, begun, open } = progress;
  const asked = { ...looked, stopServers: looked.intent.stopServers };
  const another = anothersReinstall(asked);
  if (another !== undefined) return another;
  if (release === undefined && kept === undefined) return notInstalled(asked);
  if (!works(release) && open.length > 0) return halfGone(looked.longhorn, open);
  return begun ? undefined : (saveRefusal(asked) ?? pageRefusal(pageLooked(looked)));
}

/** Versions count from what was installed when the reinstall began. */
function asInstalled({ system, observed }: ReinstallLooked, { release, kept }: Progress): InstalledVersions {
  if (release !== undefined || kept?.version === undefined) return observed;
  const newest = { chart: { name: 'longhorn', version: kept.version } };
  const before = { newest, applyMethod: 'csa' as const, ...kept.helm };
  return { ...observed, releases: { ...observed.releases, [releaseKey(system.release)]: before } };
}

function savingSteps(looked: ReinstallLooked, { kept, open }: Progress): Draft[] {
  const { namespace, volumes } = looked.longhorn;
  const workloads = workloadsOf(looked);
  const people = peopleOn(looked.longhorn);
  const begins = kept === undefined || !kept.undisturbed;
  const isSaved = !begins && open.length === 0;
  const stopped = [
    ...workloads.map(({ name }) => name),
    ...(people.length === 0 ? [] : [`the server${people.length === 1 ? '' : 's'} of ${fewNames(people)}`]),
  ];
  return [
    ...(stopped.length === 0
      ? []
      : [
          {
            id: 'stop',
            title: `Stop ${stopped.join(', ')}`,
            reason: 'what is written after a volume is saved would be lost',
            action: { kind: 'quietVolumes' as const, namespace, workloads },
          },
        ]),
    ...(isSaved
      ? []
      : [
          {
            id: 'save',
            ...savingText(volumes.length),
            action: {
              kind: 'saveVolumes' as const,
              namespace,
              again: kept !== undefined && begins,
            },
          },
        ]),
  ];
}

function savingText(count: number): Pick<Draft, 'title' | 'reason'> {
  return count === 0
    ? { title: 'Write down backup targets and recurring jobs', reason: 'they go with Longhorn' }
    : {
        title: `Save ${counted(count)} in Longhorn's backup target`,
        reason: 'uninstalling Longhorn deletes every one',
      };
}

/** The hub first, for it starts servers; then what starts others again, then those that have volumes. */
function workloadsOf({ environment, longhorn }: ReinstallLooked): ObjectRef[] {
  const { hub, keepers, users } = longhorn;
  const using = users
    .filter((user) => isOurs(user, environment))
    .flatMap(({ by }) => (by.kind === 'workload' ? [by.ref] : []));
  const all = [...(hub === undefined ? [] : [hub]), ...(using.length === 0 ? [] : keepers), ...using];
  return [...new Map(all.map((ref) => [`${ref.kind} ${ref.namespace} ${ref.name}`, ref])).values()];
}

function goingSteps(looked: ReinstallLooked, { release }: Progress): Draft[] {
  const { system, longhorn } = looked;
  const { name, namespace } = system.release;
  return [
    ...pageGone(pageLooked(looked)),
    {
      id: 'uninstall',
      title: `Uninstall Longhorn ${release?.newest.chart.version ?? ''}`.trimEnd(),
      reason:
        longhorn.volumes.length === 0 ? 'it is put back anew' : 'each volume is proven to be saved first',
      action: { kind: 'removeLonghorn', name, namespace },
    },
  ];
}

function comingSteps(looked: ReinstallLooked, progress: Progress): Draft[] {
  const { environment, system, observed, longhorn, balancers } = looked;
  const { controller } = balancers.cluster;
  const { namespace, volumes } = longhorn;
  const { kept, done, uninstalled } = progress;
  const saved = kept?.volumes.filter((one) => one.saved) ?? [];
  const count = progress.begun ? saved.length : volumes.length;
  const hasPage = pageLooked(looked).wanted;
  // What a Helm that was cut off has left stands before its next upgrade.
  const repairs = uninstalled ? repairSteps({ environment, systems: [system], observed }) : [];
  return [
    ...(controller === undefined || !hasPage || done('controller')
      ? []
      : [
          {
            id: 'controller',
            title: `Start the cloud controller anew (${controller.ref.name})`,
            reason: 'it may hold on to the load balancer that is gone',
            action: { kind: 'renewController' as const, controller: controller.ref },
          },
        ]),
    ...repairs,
    comingRelease(looked, progress),
    ...(done('targets')
      ? []
      : [
          {
            id: 'targets',
            title: 'Set the backup targets and recurring jobs again, and find the backups there',
            reason: 'they go with Longhorn',
            action: { kind: 'restoreTargets' as const, namespace },
          },
        ]),
    ...(done('restore') || count === 0
      ? []
      : [
          {
            id: 'restore',
            title: `Bring ${counted(count)} back from ${count === 1 ? 'its backup' : 'their backups'}`,
            reason: 'each has its old name, so that its claim has its files again',
            action: { kind: 'restoreVolumes' as const, namespace },
          },
        ]),
  ];
}

function comingRelease({ system, longhorn }: ReinstallLooked, { release, uninstalled }: Progress): Draft {
  const isThere = uninstalled && release?.newest.status === 'deployed';
  if (!isThere)
    return {
      id: 'longhorn:release',
      title: `Longhorn: release ${system.release.name}`,
      reason: 'in the version of hub.lock.yaml',
      action: { kind: 'upgradeRelease', release: system.release },
    };
  return {
    id: 'longhorn:ready',
    title: 'Longhorn: see whether it is ready',
    reason: 'it is installed again',
    action: {
      kind: 'waitReady',
      objects: release.newest.objects
        .map(refOf)
        .map((ref) => (ref.namespace === undefined ? { ...ref, namespace: longhorn.namespace } : ref)),
    },
  };
}

function wakingSteps(looked: ReinstallLooked, { kept, done }: Progress): Draft[] {
  const wakes = kept?.stopped === true || workloadsOf(looked).length > 0;
  return [
    ...pageBack(pageLooked(looked)),
    ...(!wakes || done('start')
      ? []
      : [
          {
            id: 'start',
            title: 'Start what was stopped',
            reason: 'people can log in again; their servers they start themselves',
            action: { kind: 'wakeWorkloads' as const },
          },
        ]),
    {
      id: 'forget',
      title: 'Forget the reinstall',
      reason: 'all is back',
      action: { kind: 'forgetReinstall' },
    },
  ];
}

function proof({ longhorn: { namespace } }: Pick<ReinstallLooked, 'longhorn'>): Draft {
  return {
    id: 'proof',
    title: 'Look whether each claim has its volume',
    reason: 'nothing should be missing',
    action: { kind: 'proveVolumes', namespace },
  };
}

function pageLooked({ environment, balancers }: ReinstallLooked): PageLooked {
  const settings = environment.longhorn;
  const wanted = typeof settings === 'object' && settings.ui.service === 'LoadBalancer';
  return { environment, observed: balancers.whole, noted: balancers.cluster.noted ?? [], wanted };
}
