import { UserError } from '../../../errors.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { type Telling, seconds } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import { eachOf } from './each-of.ts';
import { confirmDeleting } from './flag.ts';
import { backupObject, snapshotObject } from './objects.ts';
import { noteGenerations, orAsBefore } from './quiet.ts';
import { hasLost, isUntouched, marksOf, savedOf } from './proof.ts';
import {
  type KeptVolume,
  type Recorded,
  beginRecord,
  changeKept,
  draftOf,
  keepVolume,
  needRecord,
  renewRun,
} from './record.ts';
import {
  type Backup,
  type Snapshot,
  type Volume,
  isAttached,
  isLive,
  longhornRef,
  volumesIn,
} from './shapes.ts';

type Action = Extract<LonghornAction, { kind: 'saveVolumes' }>;

/** What Longhorn says while it attaches a volume for a snapshot passes; what lasts longer does not. */
const patienceSeconds = 60;

/**
 * Makes a snapshot and a backup of each volume, and writes down where it is once Longhorn says that it is whole. A volume
 * that an earlier run has saved is left alone, where nobody has had it since.
 *
 * @throws UserError that names the first volume that could not be saved. Then all is as before, and nothing is deleted.
 */
export async function saveVolumes({ namespace, again }: Action, work: Telling): Promise<void> {
  await orAsBefore(namespace, work, async () => {
    await beginRecord(work.context, namespace);
    await takeBack(namespace, work);
    if (again) await beginAnew(work);
    await saveEach(namespace, work);
  });
}

/** An uninstall that was asked for before, and has not begun, would be of what is not saved yet. */
async function takeBack(namespace: string, { context }: Telling): Promise<void> {
  const api = await context.api();
  await confirmDeleting(api, namespace, false);
  if (!(await hasLost(api, await needRecord(context)))) await changeKept(context, () => ({ done: [] }));
}

async function beginAnew({ context }: Telling): Promise<void> {
  await renewRun(context);
  await noteGenerations({ context });
}

async function saveEach(namespace: string, { context, report }: Telling): Promise<void> {
  const api = await context.api();
  const record = await needRecord(context);
  const volumes = (await volumesIn(api, namespace)).filter(isLive);
  const saved = new Map(savedOf(record).map((one) => [one.name, one]));
  const open = volumes.filter((volume) => {
    const its = saved.get(volume.metadata.name);
    return its === undefined || !isUntouched(its, volume);
  });
  let count = volumes.length - open.length;
  await eachOf(open, async (volume) => {
    await keepVolume(context, await saveVolume(volume, record, { context, report }));
    count += 1;
    report(`${count} of ${volumes.length} saved`);
  });
}

async function saveVolume(
  volume: Volume,
  record: Recorded,
  { context, report }: Telling,
): Promise<KeptVolume> {
  const api = await context.api();
  const { name, namespace = '' } = volume.metadata;
  const before = record.volumes.find((one) => one.name === name);
  const draft = draftOf(volume, record.kept.run);
  // Under another name, where this run has one of it already: somebody may have written since that was begun.
  const wanted = before?.run === record.kept.run ? { ...draft, ...anew(draft) } : draft;
  // Its earlier backup counts until this one is whole.
  if (before?.url === undefined) await keepVolume(context, wanted);
  await api.create(snapshotObject(namespace, wanted));
  await untilSnapshot(api, { namespace, volume, wanted }, { context, report });
  await api.create(backupObject(namespace, wanted, context.environment.name));
  const url = await untilBackup(api, { namespace, volume, wanted }, { context, report });
  // Longhorn attaches it for that as well.
  if (before !== undefined)
    await api.delete(longhornRef('Snapshot', namespace, before.snapshot), { waitSeconds: patienceSeconds });
  const { generation = 0 } = (await untilDetached(volume, { context, report })).metadata;
  return { ...wanted, url, marks: { ...marksOf(volume), generation } };
}

function anew({ name }: KeptVolume): Pick<KeptVolume, 'snapshot' | 'backup'> {
  const id = `${name}-${Date.now().toString(36)}`;
  return { snapshot: id, backup: id };
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

/** Longhorn had it attached to save it. From here on each attach is somebody else's. */
async function untilDetached(volume: Volume, { context, report }: Telling): Promise<Volume> {
  const api = await context.api();
  const { name, namespace = '' } = volume.metadata;
  let last = volume;
  const left = await waitFor(
    async () => {
      const found = await api.get<Volume>(longhornRef('Volume', namespace, name));
      if (found === undefined) throw notSaved(volume, 'somebody has deleted it meanwhile');
      last = found;
      return isAttached(found) ? `${name} is ${found.status?.state || 'in an unknown state'}` : undefined;
    },
    { seconds: seconds('volume', context), report, pauseMs: 500 },
  );
  if (left !== undefined) throw notSaved(volume, left);
  return last;
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
