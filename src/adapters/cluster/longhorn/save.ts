import { UserError } from '../../../errors.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { type Telling, seconds } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import { eachOf } from './each-of.ts';
import { confirmDeleting } from './flag.ts';
import { backupObject, snapshotObject } from './objects.ts';
import { beginReinstall, noteGenerations, orAsBefore } from './quiet.ts';
import { type KeptVolume, type Recorded, draftOf, keepVolume, needRecord, renewRun } from './record.ts';
import { type Backup, type Snapshot, type Volume, longhornRef, volumesIn } from './shapes.ts';
import { longhornClaims } from './users.ts';

type Action = Extract<LonghornAction, { kind: 'saveVolumes' }>;

/** What Longhorn says while it attaches a volume for a snapshot passes; what lasts longer does not. */
const patienceSeconds = 60;

/**
 * Makes a snapshot and a backup of each volume, and writes down where it is once Longhorn says that it is whole. A volume
 * that an earlier run has saved is left alone, where nobody can have written to it since.
 *
 * @throws UserError that names the first volume that could not be saved. Then all is as before, and nothing is deleted.
 */
export async function saveVolumes({ namespace, own, again }: Action, work: Telling): Promise<void> {
  await orAsBefore(namespace, work, async () => {
    await beginReinstall(namespace, work);
    if (again) await beginAnew(namespace, work);
    await saveEach({ namespace, own }, work);
  });
}

/** An uninstall that was asked for before, and has not begun, would be of what is not saved yet. */
async function beginAnew(namespace: string, { context }: Telling): Promise<void> {
  await confirmDeleting(await context.api(), namespace, false);
  await renewRun(context);
  await noteGenerations({ context });
}

async function saveEach(
  { namespace, own }: Pick<Action, 'namespace' | 'own'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const record = await needRecord(context);
  const claims = await longhornClaims(api);
  const ours = new Set(
    claims.flatMap(({ volume, claim }) =>
      claim !== undefined && own.includes(claim.namespace) ? [volume] : [],
    ),
  );
  const volumes = await volumesIn(api, namespace);
  const open = volumes.filter(({ metadata: { name } }) => !ours.has(name) || !isSaved(record, name));
  let count = volumes.length - open.length;
  await eachOf(open, async (volume) => {
    const fresh = !ours.has(volume.metadata.name);
    await keepVolume(context, await saveVolume(volume, { record, fresh }, { context, report }));
    count += 1;
    report(`${count} of ${volumes.length} saved`);
  });
}

export function isSaved({ kept, volumes }: Recorded, name: string): boolean {
  const found = volumes.find((one) => one.name === name);
  return found?.url !== undefined && found.run === kept.run;
}

interface Run {
  readonly record: Recorded;
  /** One that this very run has begun with counts alone. */
  readonly fresh: boolean;
}

async function saveVolume(
  volume: Volume,
  { record, fresh }: Run,
  { context, report }: Telling,
): Promise<KeptVolume> {
  const api = await context.api();
  const { name, namespace = '' } = volume.metadata;
  const before = record.volumes.find((one) => one.name === name);
  const draft = draftOf(volume, record.kept.run);
  const wanted = fresh && before?.run === record.kept.run ? { ...draft, ...anew(draft) } : draft;
  // Its earlier backup counts until this one is whole.
  if (before?.url === undefined) await keepVolume(context, wanted);
  await dropFailed(api, namespace, wanted);
  await api.create(snapshotObject(namespace, wanted));
  await untilSnapshot(api, { namespace, volume, wanted }, { context, report });
  await api.create(backupObject(namespace, wanted, context.environment.name));
  const url = await untilBackup(api, { namespace, volume, wanted }, { context, report });
  if (before !== undefined && before.snapshot !== wanted.snapshot)
    await api.delete(longhornRef('Snapshot', namespace, before.snapshot));
  return { ...wanted, url };
}

/** Another name, where one of this run is there already. */
function anew({ name }: KeptVolume): Pick<KeptVolume, 'snapshot' | 'backup'> {
  const id = `${name}-${Date.now().toString(36)}`;
  return { snapshot: id, backup: id };
}

/** One that has failed stays so: it is made anew. */
async function dropFailed(
  api: KubernetesApi,
  namespace: string,
  { backup, snapshot }: KeptVolume,
): Promise<void> {
  const found = await api.get<Backup>(longhornRef('Backup', namespace, backup));
  if (!isOver(found?.status?.state)) return;
  await api.delete(longhornRef('Backup', namespace, backup), { waitSeconds: patienceSeconds });
  await api.delete(longhornRef('Snapshot', namespace, snapshot), { waitSeconds: patienceSeconds });
}

function isOver(state: string | undefined): boolean {
  return state === 'Error' || state === 'Unknown';
}

interface Saving {
  readonly namespace: string;
  readonly volume: Volume;
  readonly wanted: KeptVolume;
}

async function untilSnapshot(
  api: KubernetesApi,
  { namespace, volume, wanted }: Saving,
  { context, report }: Telling,
): Promise<void> {
  const lasting = new Lasting();
  const left = await waitFor(
    async () => {
      const { status } = (await api.get<Snapshot>(longhornRef('Snapshot', namespace, wanted.snapshot))) ?? {};
      if (status?.readyToUse === true) return undefined;
      if (lasting.isOld(status?.error)) throw notSaved(volume, status?.error ?? '');
      return `${volume.metadata.name}: its snapshot is not ready yet`;
    },
    { seconds: seconds('volume', context), report, pauseMs: 500 },
  );
  if (left !== undefined) throw notSaved(volume, left);
}

/** @returns where it is. */
async function untilBackup(
  api: KubernetesApi,
  { namespace, volume, wanted }: Saving,
  { context, report }: Telling,
): Promise<string> {
  let url = '';
  const left = await waitFor(
    async () => {
      const found = await api.get<Backup>(longhornRef('Backup', namespace, wanted.backup));
      const { state, error, progress } = found?.status ?? {};
      if (isOver(state)) throw notSaved(volume, error || `its backup is in the state ${state}`);
      const fault = found === undefined ? 'its backup is not there' : faultOf(found, volume);
      if (fault === undefined) url = found?.status?.url ?? '';
      return fault && `${volume.metadata.name}: ${fault}${progress ? ` (${progress} %)` : ''}`;
    },
    { seconds: seconds('volume', context), report, pauseMs: 500 },
  );
  if (left !== undefined) throw notSaved(volume, left);
  return url;
}

/** What keeps a backup from being the whole of that volume; undefined: nothing does. */
export function faultOf({ status = {} }: Backup, { metadata, spec }: Volume): string | undefined {
  const { state, url, error, volumeName, volumeSize } = status;
  if (state !== 'Completed') return `its backup is ${state || 'not begun'}`;
  if (error) return error;
  if (!url) return 'its backup does not say yet where it is';
  if (volumeName !== undefined && volumeName !== '' && volumeName !== metadata.name)
    return `its backup is of ${volumeName}`;
  return volumeSize !== undefined && volumeSize !== '' && volumeSize !== spec.size
    ? `its backup is of ${volumeSize} bytes, and it has ${spec.size}`
    : undefined;
}

function notSaved({ metadata: { name, namespace } }: Volume, why: string): UserError {
  return new UserError({
    what: `Volume ${name} could not be saved: ${why}.`,
    where: `namespace ${namespace ?? ''}`,
    fix: 'Nothing was deleted. Mend that: the log of Longhorn tells more (`hubwright logs ENV longhorn`). Then run the command again.',
  });
}

/** Whether somebody says the same for a long time. */
class Lasting {
  #text: string | undefined;
  #since = performance.now();

  isOld(text: string | undefined): boolean {
    if (text !== this.#text) [this.#text, this.#since] = [text, performance.now()];
    return text !== undefined && text !== '' && performance.now() - this.#since > patienceSeconds * 1000;
  }
}
