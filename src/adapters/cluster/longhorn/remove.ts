import { UserError } from '../../../errors.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { observeReleases } from '../../kubernetes/releases.ts';
import { uninstallRelease } from '../perform-release.ts';
import { type Telling, seconds } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import { identityOf, isAnother, isUntouched, savedOf } from './proof.ts';
import { orAsBefore, untilNobody } from './quiet.ts';
import { type KeptVolume, type Recorded, dropVolume, keepVolume, markDone, needRecord } from './record.ts';
import { faultOf } from './save.ts';
import {
  type Backup,
  type Target,
  type Volume,
  isLive,
  longhornRef,
  targetsIn,
  volumesIn,
} from './shapes.ts';
import { longhornClaims } from './users.ts';

type Action = Extract<LonghornAction, { kind: 'removeLonghorn' }>;

/**
 * Uninstalls Longhorn, which deletes every volume, and waits until nothing of it is left that a new one would trip over.
 * Whatever volume is there then, in a first run as in a later one, is proven to be saved first.
 *
 * @throws UserError before anything is deleted, where one is not.
 */
export async function removeLonghorn({ name, namespace }: Action, work: Telling): Promise<void> {
  const { context, report } = work;
  const api = await context.api();
  const { kept } = await needRecord(context);
  if (isAnother(kept, await identityOf(api))) return markDone(context, 'uninstall');
  await orAsBefore(namespace, work, () => proveAll(namespace, work));
  await markDone(context, 'removing');
  const status = (await observeReleases(api, [namespace]))[`${namespace}/${name}`]?.newest.status;
  await uninstallRelease(
    // Helm says so once the hook that deletes volumes is through; what it ran with may be gone by then.
    { name, namespace, system: 'longhorn', withoutHooks: status === 'uninstalling' },
    { context, report },
  );
  await untilGone(api, { context, report });
  await markDone(context, 'uninstall');
}

type Within = Pick<Telling, 'context'> & { readonly api: KubernetesApi };

async function proveAll(namespace: string, work: Telling): Promise<void> {
  const api = await work.context.api();
  const all = await volumesIn(api, namespace);
  // Those that are on their way out no pod can let go of.
  if (all.length > 0 && all.every(isLive)) await untilNobody(namespace, work);
  const record = await needRecord(work.context);
  const volumes = (await volumesIn(api, namespace)).filter(isLive);
  await proveSaved(volumes, record, { api, ...work });
  if (!record.kept.done.includes('removing')) await dropGone(volumes, record, { api, ...work });
}

/** What somebody has deleted before Longhorn was touched, with its PersistentVolume, is not brought back. */
async function dropGone(
  volumes: readonly Volume[],
  record: Recorded,
  { api, context }: Within,
): Promise<void> {
  const wanted = new Set([
    ...volumes.map(({ metadata }) => metadata.name),
    ...(await longhornClaims(api)).map(({ volume }) => volume),
  ]);
  for (const { name } of record.volumes) if (!wanted.has(name)) await dropVolume(context, name);
}

/** As Longhorn says it now, and not as it was noted. */
async function proveSaved(
  volumes: readonly Volume[],
  record: Recorded,
  { api, context }: Within,
): Promise<void> {
  const targets = await targetsIn(api, record.kept.longhorn);
  const saved = new Map(savedOf(record).map((one) => [one.name, one]));
  for (const volume of volumes) {
    const { name, namespace = '' } = volume.metadata;
    const kept = saved.get(name);
    if (kept === undefined) throw unproven(volume, 'it has come since');
    const backup = await api.get<Backup>(longhornRef('Backup', namespace, kept.backup));
    const fault = backup === undefined ? 'its backup is gone' : faultOf(backup, volume);
    if (fault !== undefined) {
      const { url: _, ...open } = kept;
      // The next run saves it.
      await keepVolume(context, open);
      throw unproven(volume, fault);
    }
    if (!isUntouched(kept, volume)) throw unproven(volume, 'somebody has had it since it was saved');
    proveTarget(volume, kept, { record, targets });
  }
}

function proveTarget(
  volume: Volume,
  { target: name }: KeptVolume,
  { record, targets }: { readonly record: Recorded; readonly targets: readonly Target[] },
): void {
  const now = targets.find(({ metadata }) => metadata.name === name);
  const then = record.kept.targets.find((one) => one.name === name)?.spec.backupTargetURL;
  if (now?.status?.available !== true)
    throw unproven(volume, `the backup target ${name} is not available`, targetFix);
  if (now.spec?.backupTargetURL !== then)
    throw unproven(
      volume,
      `the backup target ${name} was ${then ?? 'not there'} when it was saved, and is ${now.spec?.backupTargetURL ?? 'nowhere'} now`,
      targetFix,
    );
}

const targetFix =
  "See in Longhorn's page, or with `kubectl get backuptargets.longhorn.io`, that it is where it was and can be reached. Then run the command again.";

function unproven(
  { metadata: { name, namespace } }: Volume,
  why: string,
  fix = 'Run the command again: it saves what is not.',
): UserError {
  return new UserError({
    what: `Volume ${name} is not proven to be saved: ${why}. Longhorn was not uninstalled.`,
    where: `namespace ${namespace ?? ''}`,
    fix,
  });
}

const leftKinds = [
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', /\.longhorn\.io$/],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', /^longhorn-webhook-/],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', /^longhorn-webhook-/],
] as const;

async function untilGone(api: KubernetesApi, { context, report }: Telling): Promise<void> {
  const left = await waitFor(
    async () => {
      const found = await Promise.all(
        leftKinds.map(async ([apiVersion, kind, name]) => {
          const all = await api.listMetadata({ apiVersion, kind });
          return all.flatMap(({ metadata }) =>
            name.test(metadata.name) ? [`${kind} ${metadata.name}`] : [],
          );
        }),
      );
      const [first, ...more] = found.flat();
      return first && `${first} is still there${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
    },
    { seconds: seconds('gone', context), report, pauseMs: 500 },
  );
  if (left === undefined) return;
  throw new UserError({
    what: `Longhorn is uninstalled, but not all of it has gone: ${left}.`,
    where: `context ${api.context}`,
    fix: 'An object of that kind holds it by its finalizers: `kubectl get` shows them, `kubectl patch … --type merge -p \'{"metadata":{"finalizers":null}}\'` takes them off. Every volume is saved. Then run the command again: it continues.',
  });
}
