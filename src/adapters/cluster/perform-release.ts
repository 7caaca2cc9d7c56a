import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { Release } from '../../platform/kubernetes/system.ts';
import { tellingOfHooks } from '../kubernetes/hooks.ts';
import { markFailed } from '../kubernetes/mark-failed.ts';
import { observeReleases, revisionMarks } from '../kubernetes/releases.ts';
import { waitReady } from '../kubernetes/wait.ts';
import { confirmDeleting } from './longhorn/flag.ts';
import { inNamespace, refOf } from './namespaced.ts';
import { releaseInput } from './render.ts';
import { applyKinds, removeStack } from './stack.ts';
import { type Telling, seconds } from './telling.ts';

type ReleaseAction = Extract<
  ClusterAction,
  {
    kind: 'upgradeRelease' | 'repairRelease' | 'rollbackRelease' | 'uninstallRelease' | 'removeStack';
  }
>;

/** Does one action with a Helm release. Safe to repeat after being killed in the middle of it. */
export async function performRelease(action: ReleaseAction, work: Telling): Promise<void> {
  switch (action.kind) {
    case 'upgradeRelease':
      return upgradeRelease(action.release, work);
    case 'repairRelease':
      return repairRelease(action, work);
    case 'rollbackRelease':
      return rollbackRelease(action, work);
    case 'uninstallRelease':
      return uninstallRelease(action, work);
    case 'removeStack': {
      const { context, report } = work;
      const [api, helm] = await Promise.all([context.api(), context.helm(report)]);
      return removeStack(api, helm, action.namespace, { timeoutSeconds: seconds('gone', context), report });
    }
  }
}

async function upgradeRelease(release: Release, { context, report }: Telling): Promise<void> {
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
  { context, report }: Telling,
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
  { context, report }: Telling,
): Promise<void> {
  await markFailed(await context.api(), { name, namespace });
  if (to !== undefined) await helmRollback({ name, namespace }, to, { context, report });
}

type Uninstalled = Omit<Extract<ClusterAction, { kind: 'uninstallRelease' }>, 'kind'>;

export async function uninstallRelease(
  { name, namespace, system, withoutHooks = false }: Uninstalled & { readonly withoutHooks?: boolean },
  { context, report }: Telling,
): Promise<void> {
  if (system === 'longhorn') await confirmDeleting(await context.api(), namespace, true);
  const helm = await context.helm(report);
  await withHooksTold({ namespace }, { context, report }, () =>
    helm.uninstall({ name, namespace }, { timeoutSeconds: seconds('hook', context), withoutHooks }),
  );
}
