import { UserError } from '../../../errors.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { observeReleases } from '../../kubernetes/releases.ts';
import { uninstallRelease } from '../perform-release.ts';
import { type Telling, seconds } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import { untilNobody } from './quiet.ts';
import { type Recorded, markDone, needRecord } from './record.ts';
import { type Backup, type Volume, longhornRef, targetsIn, volumesIn } from './shapes.ts';
import { faultOf, isSaved } from './save.ts';

type Action = Extract<LonghornAction, { kind: 'removeLonghorn' }>;

/**
 * Uninstalls Longhorn, which deletes every volume, and waits until nothing of it is left that a new one would trip over. Where
 * no uninstall has begun, every volume is proven to be saved first.
 *
 * @throws UserError before anything is deleted, where one is not.
 */
export async function removeLonghorn(
  { name, namespace }: Action,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const [record, releases, volumes] = await Promise.all([
    needRecord(context),
    observeReleases(api, [namespace]),
    volumesIn(api, namespace),
  ]);
  const status = releases[`${namespace}/${name}`]?.newest.status;
  if (!hasBegun(record, volumes) && status !== undefined && status !== 'uninstalling') {
    await untilNobody(namespace, { context, report });
    await proveSaved(api, record, await volumesIn(api, namespace));
  }
  await markDone(context, 'removing');
  await uninstallRelease(
    // Helm says so once the hook that deletes volumes is through; what it ran with may be gone by then.
    { name, namespace, system: 'longhorn', withoutHooks: status === 'uninstalling' },
    { context, report },
  );
  await untilGone(api, { context, report });
  await markDone(context, 'uninstall');
}

/** Some volume is gone, or on its way: it goes on only forward. */
function hasBegun({ kept, volumes: saved }: Recorded, volumes: readonly Volume[]): boolean {
  if (!kept.done.includes('removing')) return false;
  const alive = new Set(
    volumes.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.name] : [])),
  );
  return saved.some(({ name }) => !alive.has(name));
}

/** As Longhorn says it now, and not as it was noted. */
async function proveSaved(api: KubernetesApi, record: Recorded, volumes: readonly Volume[]): Promise<void> {
  const available = new Set(
    (await targetsIn(api, volumes[0]?.metadata.namespace ?? '')).flatMap(({ metadata, status }) =>
      status?.available === true ? [metadata.name] : [],
    ),
  );
  for (const volume of volumes) {
    const { name, namespace = '' } = volume.metadata;
    const kept = record.volumes.find((one) => one.name === name);
    if (kept === undefined || !isSaved(record, name)) throw unproven(volume, 'it has come since');
    const backup = await api.get<Backup>(longhornRef('Backup', namespace, kept.backup));
    const fault = backup === undefined ? 'its backup is gone' : faultOf(backup, volume);
    if (fault !== undefined) throw unproven(volume, fault);
    if (!available.has(kept.target))
      throw unproven(volume, `the backup target ${kept.target} is not available`);
  }
}

function unproven({ metadata: { name, namespace } }: Volume, why: string): UserError {
  return new UserError({
    what: `Volume ${name} is not proven to be saved: ${why}. Nothing was deleted.`,
    where: `namespace ${namespace ?? ''}`,
    fix: 'Run the command again: it saves what is not.',
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
