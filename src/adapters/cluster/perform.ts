import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject, Release } from '../../platform/kubernetes/system.ts';
import { withSecrets } from '../../config/values.ts';
import { hookSeconds } from '../../ports.ts';
import { tellingOfHooks } from '../kubernetes/hooks.ts';
import { markFailed } from '../kubernetes/mark-failed.ts';
import { observeReleases, revisionMarks } from '../kubernetes/releases.ts';
import { waitReady } from '../kubernetes/wait.ts';
import { writeListed } from './accounts.ts';
import { type ClusterContext, lookUp, secretsOf } from './context.ts';
import { proveGone, waitGone } from './gone.ts';
import type { HubDoor } from './hub.ts';
import { createTokens } from './kept.ts';
import { inNamespace, refOf } from './namespaced.ts';
import { namespaceObject } from './own.ts';
import { releaseInput } from './render.ts';
import { restoreDatabase, startHub } from './restore.ts';
import { saveHub } from './save.ts';
import { applyKinds, removeStack } from './stack.ts';

interface Work {
  readonly context: ClusterContext;
  readonly door: HubDoor;
  readonly report: (text: string) => void;
  /** Called with the folder in which the hub's database was saved. */
  readonly onSaved: (folder: string) => void;
}

type Telling = Pick<Work, 'context' | 'report'>;

/** Seconds, where people set no `--timeout`. */
const usual = {
  /** That a Helm hook gets. */
  hook: hookSeconds,
  /** Until what was sent has to be ready. */
  ready: 15 * 60,
  /** Until something that is deleted has to be gone. */
  gone: 5 * 60,
};

function seconds(wait: keyof typeof usual, { timeoutSeconds = usual[wait] }: ClusterContext): number {
  return timeoutSeconds;
}

/** Does one action. Safe to repeat after being killed in the middle of it. */
export async function performCluster(action: ClusterAction, work: Work): Promise<void> {
  const { context, door, report } = work;
  const api = await context.api();
  switch (action.kind) {
    case 'createNamespace':
      await api.apply(namespaceObject(action.name, context));
      return;
    case 'unmarkNamespace': {
      const labels = Object.fromEntries(Object.keys(context.labels).map((key) => [key, null]));
      await api.patch({ apiVersion: 'v1', kind: 'Namespace', name: action.name }, { metadata: { labels } });
      return;
    }
    case 'createSecrets':
      return createTokens(api, context.namespace, context.labels, action.names);
    case 'writeAccounts':
      return writeListed(context, action.accounts);
    case 'applyObjects':
      return applyObjects(action, work);
    case 'deleteObjects':
      return deleteObjects(action.objects, work);
    case 'upgradeRelease':
      return upgradeRelease(action.release, work);
    case 'repairRelease':
      return repairRelease(action, work);
    case 'waitReady':
      return waitReady(api, action.objects, { timeoutSeconds: seconds('ready', context), report });
    case 'syncAccounts':
      await (await door.api()).syncAccounts();
      return;
    case 'removePeople':
      return removePeople(action.names, work);
    case 'stopServers':
      return stopServers(work);
    case 'rollbackRelease':
      return rollbackRelease(action, work);
    case 'saveHub':
      return save(action, work);
    case 'restoreDatabase':
      return restoreDatabase(action, stopping(work));
    case 'startHub':
      return startHub(stopping(work));
    case 'uninstallRelease':
      return uninstallRelease(action, work);
    case 'waitGone':
      return waitGone(action.objects, context, { timeoutSeconds: seconds('gone', context), report });
    case 'removeStack':
      return removeStack(api, await context.helm(report), action.namespace, {
        timeoutSeconds: seconds('gone', context),
        report,
      });
    case 'proveGone':
      return proveGone(action, context, { timeoutSeconds: seconds('gone', context), report });
  }
}

async function save(
  need: Extract<ClusterAction, { kind: 'saveHub' }>,
  { context, report, onSaved }: Work,
): Promise<void> {
  const folder = await saveHub(context, report, need);
  if (folder !== undefined) onSaved(folder);
}

function stopping({ context, report }: Work): Parameters<typeof restoreDatabase>[1] {
  return {
    context,
    report,
    readySeconds: seconds('ready', context),
    goneSeconds: seconds('gone', context),
  };
}

async function applyObjects(
  { system, objects }: Extract<ClusterAction, { kind: 'applyObjects' }>,
  { context, report }: Work,
): Promise<void> {
  const api = await context.api();
  const find = lookUp(await secretsOf(context), context);
  for (const object of objects) {
    await api.apply(withSecrets(object, find) as KubernetesObject);
  }
  // To be pending until there is room is what placeholders are for.
  if (system === 'placeholders') return;
  await waitReady(api, objects.map(refOf), { timeoutSeconds: seconds('ready', context), report });
}

async function deleteObjects(objects: readonly ObjectRef[], { context, report }: Telling): Promise<void> {
  const api = await context.api();
  await Promise.all(
    objects.map(async (ref) => {
      await api.delete(ref, { waitSeconds: seconds('gone', context) });
      report(`${ref.kind} ${ref.name} is gone`);
    }),
  );
}

async function upgradeRelease(release: Release, { context, report }: Work): Promise<void> {
  const [helm, { input, digest }] = await Promise.all([context.helm(report), releaseInput(context, release)]);
  if (release.chart === 'monitoring') {
    await applyKinds(await context.api(), helm, input.chart, {
      timeoutSeconds: seconds('ready', context),
      report,
    });
  }
  await withHooksTold(release, { context, report }, () =>
    helm.upgrade(input, {
      timeoutSeconds: seconds('hook', context),
      description: `hubwright deploy ${context.environment.name}`,
      labels: revisionMarks(digest, context.namespace),
    }),
  );
  await waitForRelease(release, { context, report });
}

async function rollbackRelease(
  { name, namespace, to }: Extract<ClusterAction, { kind: 'rollbackRelease' }>,
  { context, report }: Work,
): Promise<void> {
  await helmRollback({ name, namespace }, to, { context, report });
  await waitForRelease({ name, namespace }, { context, report });
}

async function helmRollback(
  release: Pick<Release, 'name' | 'namespace'>,
  to: number,
  { context, report }: Telling,
): Promise<void> {
  const helm = await context.helm(report);
  await withHooksTold(release, { context, report }, () =>
    helm.rollback(release, to, { timeoutSeconds: seconds('hook', context) }),
  );
}

async function withHooksTold(
  { namespace }: Pick<Release, 'namespace'>,
  { context, report }: Telling,
  work: () => Promise<void>,
): Promise<void> {
  await tellingOfHooks({ api: await context.api(), namespace, report }, work);
}

/** Until what its newest revision sent is ready. */
async function waitForRelease(
  { name, namespace }: Pick<Release, 'name' | 'namespace'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const sent = (await observeReleases(api, [namespace]))[`${namespace}/${name}`];
  const objects = (sent?.newest.objects ?? []).map((object) => refOf(inNamespace(object, namespace)));
  await waitReady(api, objects, { timeoutSeconds: seconds('ready', context), report });
}

/**
 * Out of `pending-*`: the newest revision is marked as failed in its Secret, which is what Helm does itself when it comes
 * to know; and the objects go back to what the last good revision had. Where there is none they stay as they are:
 * uninstalling would delete the volume claim of the hub's database.
 */
async function repairRelease(
  { name, namespace, to }: Extract<ClusterAction, { kind: 'repairRelease' }>,
  { context, report }: Work,
): Promise<void> {
  await markFailed(await context.api(), { name, namespace });
  if (to !== undefined) await helmRollback({ name, namespace }, to, { context, report });
}

async function uninstallRelease(
  { name, namespace, system }: Extract<ClusterAction, { kind: 'uninstallRelease' }>,
  { context, report }: Work,
): Promise<void> {
  if (system === 'longhorn') {
    // It refuses to go, and with it every volume, until this says so: people have confirmed it to us.
    const flag = { apiVersion: 'longhorn.io/v1beta2', kind: 'Setting', name: 'deleting-confirmation-flag' };
    await (await context.api()).patch({ ...flag, namespace }, { value: 'true' });
  }
  const helm = await context.helm(report);
  await withHooksTold({ namespace }, { context, report }, () =>
    helm.uninstall({ name, namespace }, { timeoutSeconds: seconds('hook', context) }),
  );
}

async function removePeople(names: readonly string[], { door, report }: Work): Promise<void> {
  const api = await door.api();
  let done = 0;
  await Promise.all(
    names.map(async (name) => {
      await api.deleteUser(name);
      done += 1;
      report(`${done} of ${names.length}`);
    }),
  );
}

/** Through their pods, not the hub: it may be what is broken. */
async function stopServers({ context, report }: Work): Promise<void> {
  const api = await context.api();
  const { namespace } = context;
  const pods = await api.listMetadata({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: 'component=singleuser-server',
  });
  await deleteObjects(
    pods.map(({ metadata }) => ({ apiVersion: 'v1', kind: 'Pod', name: metadata.name, namespace })),
    { context, report },
  );
}
