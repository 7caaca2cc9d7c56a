import { UserError, messageOf } from '../../../errors.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { type Telling, seconds } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import { eachOf } from './each-of.ts';
import { volumeObject } from './objects.ts';
import { savedOf } from './proof.ts';
import { type Kept, type KeptVolume, markDone, needRecord } from './record.ts';
import { type Backup, type Target, type Volume, longhornRef, volumesIn } from './shapes.ts';
import { longhornClaims } from './users.ts';

type Action<Kind> = Extract<LonghornAction, { kind: Kind }>;

/** How often Longhorn is asked to look into its backup target again. */
const lookAgainMs = 15_000;

/** The credentials are in a Secret of Longhorn's namespace, which neither Helm nor Longhorn deletes. */
export async function restoreTargets(
  { namespace }: Action<'restoreTargets'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const record = await needRecord(context);
  const { kept } = record;
  const volumes = savedOf(record);
  const used = new Set(volumes.map(({ target }) => target));
  for (const target of kept.targets) await setTarget(api, namespace, target, { context, report });
  for (const { name, labels, spec } of kept.jobs) {
    const { apiVersion, kind } = longhornRef('RecurringJob', namespace, name);
    await api.create({ apiVersion, kind, metadata: { name, namespace, labels }, spec });
  }
  let looked = performance.now();
  const left = await waitFor(
    async () => {
      const missing = await notSeenYet(api, namespace, { used: [...used], volumes });
      if (missing !== undefined && performance.now() - looked > lookAgainMs) {
        looked = performance.now();
        for (const name of used) await lookAgain(api, namespace, name);
      }
      return missing;
    },
    { seconds: seconds('ready', context), report },
  );
  if (left !== undefined) throw notFound(namespace, left);
  await markDone(context, 'targets');
}

/** Longhorn makes the default one itself when it begins. */
async function setTarget(
  api: KubernetesApi,
  namespace: string,
  { name, spec }: Kept['targets'][number],
  { context, report }: Telling,
): Promise<void> {
  const ref = longhornRef('BackupTarget', namespace, name);
  const wanted = { ...spec, syncRequestedAt: now() };
  const left = await waitFor(
    async () => {
      if ((await api.patch(ref, { spec: wanted })) !== undefined) return undefined;
      if (name !== 'default')
        await api.create({
          apiVersion: ref.apiVersion,
          kind: ref.kind,
          metadata: { name, namespace },
          spec: { ...wanted },
        });
      return `Longhorn has not made its backup target ${name} yet`;
    },
    { seconds: seconds('ready', context), report },
  );
  if (left !== undefined) throw notFound(namespace, left);
}

async function lookAgain(api: KubernetesApi, namespace: string, name: string): Promise<void> {
  await api.patch(longhornRef('BackupTarget', namespace, name), { spec: { syncRequestedAt: now() } });
}

/** As Kubernetes writes times: without fractions of a second. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

async function notSeenYet(
  api: KubernetesApi,
  namespace: string,
  { used, volumes }: { readonly used: readonly string[]; readonly volumes: readonly KeptVolume[] },
): Promise<string | undefined> {
  for (const name of used) {
    const target = await api.get<Target>(longhornRef('BackupTarget', namespace, name));
    const why = target?.status?.conditions?.find(({ type }) => type === 'Unavailable')?.message;
    if (target?.status?.available !== true)
      return `the backup target ${name} is not available${why ? `: ${why}` : ''}`;
  }
  for (const volume of volumes) {
    if ((await backupOf(api, namespace, volume)) === undefined)
      return `Longhorn has not found the backup of ${volume.name} yet`;
  }
  return undefined;
}

/** Where it is, as Longhorn knows it now; undefined: it does not yet. */
async function backupOf(
  api: KubernetesApi,
  namespace: string,
  { backup }: KeptVolume,
): Promise<string | undefined> {
  const found = await api.get<Backup>(longhornRef('Backup', namespace, backup));
  return found?.status?.state === 'Completed' ? found.status.url || undefined : undefined;
}

function notFound(namespace: string, left: string): UserError {
  return new UserError({
    what: `The backups were not found again: ${left}.`,
    where: `namespace ${namespace}`,
    fix: "Look at Longhorn's backup target (`kubectl get -o yaml backuptargets.longhorn.io` in that namespace): address, Secret with its credentials. Then run the command again: it continues.",
  });
}

/** Each under its old name. One that is there already is waited for. */
export async function restoreVolumes(
  { namespace }: Action<'restoreVolumes'>,
  { context, report }: Telling,
): Promise<void> {
  const volumes = savedOf(await needRecord(context));
  let count = 0;
  await eachOf(volumes, async (kept) => {
    await restoreVolume(namespace, kept, { context, report });
    count += 1;
    report(`${count} of ${volumes.length} are back`);
  });
  await markDone(context, 'restore');
}

async function restoreVolume(
  namespace: string,
  kept: KeptVolume,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const ref = longhornRef('Volume', namespace, kept.name);
  const left = await waitFor(
    async () => {
      const found = await api.get<Volume>(ref);
      return found === undefined ? makeVolume(api, namespace, kept) : comingBack(found, kept);
    },
    { seconds: seconds('volume', context), report, pauseMs: 500 },
  );
  if (left !== undefined) throw notBack(kept, left, namespace);
}

async function makeVolume(api: KubernetesApi, namespace: string, kept: KeptVolume): Promise<string> {
  const { name } = kept;
  const url = await backupOf(api, namespace, kept);
  if (url === undefined) return `${name}: Longhorn does not know its backup yet`;
  try {
    await api.create(volumeObject(namespace, kept, url));
    return `${name} is on its way back`;
  } catch (error) {
    // Right after it was installed Longhorn refuses what it cannot judge yet: without an engine, say.
    return `${name}: ${messageOf(error)}`;
  }
}

/** What is still to come; undefined: it is whole, and may be attached. */
function comingBack({ spec, status = {} }: Volume, kept: KeptVolume): string | undefined {
  const { name } = kept;
  if (!spec.fromBackup)
    throw notBack(kept, 'somebody has made an empty volume of its name', 'delete that one first');
  const failed = status.conditions?.find(({ reason }) => reason === 'RestoreFailure');
  if (failed !== undefined || status.robustness === 'faulted')
    throw notBack(kept, failed?.message ?? 'Longhorn says that it is faulted', 'delete that one first');
  if (status.restoreInitiated !== true || status.restoreRequired === true) return `${name} is being read in`;
  return status.state === 'attaching' || status.state === 'detaching'
    ? `${name} is ${status.state}`
    : undefined;
}

function notBack({ name, backup }: KeptVolume, why: string, how: string): UserError {
  return new UserError({
    what: `Volume ${name} has not come back: ${why}.`,
    where: `backup ${backup}`,
    fix: `Its backup is safe. Look at the volume in Longhorn's page or with \`kubectl describe volumes.longhorn.io ${name}\` (${how}). Then run the command again: it continues.`,
  });
}

/** @throws UserError that names the claims whose volume Longhorn does not have. */
export async function proveVolumes(
  { namespace }: Action<'proveVolumes'>,
  { context }: Telling,
): Promise<void> {
  const api = await context.api();
  const [claims, volumes] = await Promise.all([longhornClaims(api), volumesIn(api, namespace)]);
  const names = new Set(volumes.map(({ metadata }) => metadata.name));
  const lost = claims.filter(({ volume }) => !names.has(volume));
  const [first] = lost;
  if (first === undefined) return;
  throw new UserError({
    what: `${lost.length} volume${lost.length === 1 ? '' : 's'} of Kubernetes ${lost.length === 1 ? 'has' : 'have'} nothing in Longhorn: ${first.pv}${first.claim === undefined ? '' : ` of ${first.claim.namespace}/${first.claim.name}`}.`,
    where: `namespace ${namespace}`,
    fix: "When Longhorn was uninstalled it had no volume of that name. Look whose they are: Longhorn's page lists the backups that there are; delete the claims that nobody needs.",
    details: lost.map(({ pv, claim }) => `${pv}: ${claim?.namespace ?? ''}/${claim?.name ?? ''}`).join('\n'),
  });
}
