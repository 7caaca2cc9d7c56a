import { UserError, messageOf } from '../../../errors.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { waitReady } from '../../kubernetes/wait.ts';
import { type Scaled, scale } from '../hub-scale.ts';
import { type Telling, seconds } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import {
  type Recorded,
  type Stopped,
  beginRecord,
  changeKept,
  forgetRecord,
  isUndisturbed,
  markDone,
  needRecord,
  recordOf,
  renewRun,
} from './record.ts';
import { isAttached, longhornRef, volumesIn } from './shapes.ts';
import { longhornClaims, volumeUsers } from './users.ts';

type Action<Kind> = Extract<LonghornAction, { kind: Kind }>;
/** What is stopped is written down first, with how many pods it had. */
export async function quietVolumes(
  { namespace, workloads }: Action<'quietVolumes'>,
  work: Telling,
): Promise<void> {
  const { context, report } = work;
  const api = await context.api();
  await orAsBefore(namespace, work, async () => {
    await beginRecord(context, namespace);
    // Of an earlier run: since somebody has started the hub again, its backups are old.
    if (!(await isUndisturbed(api, (await needRecord(context)).kept))) await renewRun(context);
    for (const ref of workloads) {
      const replicas = (await api.get<Scaled>(ref))?.spec?.replicas ?? 0;
      if (replicas === 0) continue;
      await noteStopped({ ref, replicas }, work);
      await scale(api, ref, 0);
      report(`${ref.kind} ${ref.name} stops`);
    }
    await stopServers(work);
    await untilNobody(namespace, work);
    await noteGenerations(work);
  });
}

/** Where it fails before Longhorn is touched, what was stopped runs again, and nothing is left of the reinstall. */
export async function orAsBefore(
  longhorn: string,
  { context, report }: Telling,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const record = await recordOf(context).catch(() => undefined);
    // Volumes may be on their way out: what is written down is all that knows where they are saved.
    if (record === undefined || record.kept.done.includes('removing')) throw error;
    report('it has not come about: what was stopped starts again');
    await backAsBefore(record, longhorn, { context, report }).catch((second: unknown) =>
      report(`that did not come about either: ${messageOf(second)}`),
    );
    throw error;
  }
}

async function backAsBefore(record: Recorded, longhorn: string, work: Telling): Promise<void> {
  const { context } = work;
  const api = await context.api();
  await wake(record, work);
  for (const { snapshot } of record.volumes) await api.delete(longhornRef('Snapshot', longhorn, snapshot));
  await forgetRecord(context);
}

/** One that was stopped before and started since keeps its first number. */
async function noteStopped({ ref, replicas }: Stopped, { context }: Telling): Promise<void> {
  await changeKept(context, ({ stopped }) => {
    const others = stopped.filter((one) => keyOf(one.ref) !== keyOf(ref));
    return { stopped: [...others, { ref, replicas }] };
  });
}

/** Those with a volume of Longhorn: others need not stop, and without the hub nobody starts another. */
async function stopServers({ context, report }: Telling): Promise<void> {
  const api = await context.api();
  const { namespace } = context;
  const users = await volumeUsers(api, await longhornClaims(api));
  const servers = users.filter(({ by, namespace: its }) => by.kind === 'server' && its === namespace);
  await Promise.all(
    servers.map(async ({ pod: name }) => {
      await api.delete(
        { apiVersion: 'v1', kind: 'Pod', name, namespace },
        { waitSeconds: seconds('gone', context) },
      );
      report(`${name} has stopped`);
    }),
  );
}

/** @throws UserError that names who still has a volume. */
export async function untilNobody(namespace: string, { context, report }: Telling): Promise<void> {
  const api = await context.api();
  const left = await waitFor(() => inUse(api, namespace), {
    seconds: seconds('gone', context),
    report,
    pauseMs: 500,
  });
  if (left === undefined) return;
  throw new UserError({
    what: `Volumes of Longhorn are still in use: ${left}.`,
    where: `context ${api.context}`,
    fix: 'Stop what has them, then run the command again: it continues.',
  });
}

async function inUse(api: KubernetesApi, namespace: string): Promise<string | undefined> {
  const [user] = await volumeUsers(api, await longhornClaims(api));
  if (user !== undefined) return `${user.namespace}/${user.pod} has ${user.claim}`;
  const attached = (await volumesIn(api, namespace)).find(isAttached);
  return attached && `volume ${attached.metadata.name} is ${attached.status?.state || 'in an unknown state'}`;
}

/** By them it is seen later whether somebody has started something since. */
export async function noteGenerations({ context }: Pick<Telling, 'context'>): Promise<void> {
  const api = await context.api();
  const { kept } = await needRecord(context);
  const stopped = await Promise.all(
    kept.stopped.map(async (one) => {
      const generation = (await api.get(one.ref))?.metadata.generation;
      return { ...one, ...(generation === undefined ? {} : { generation }) };
    }),
  );
  await changeKept(context, () => ({ stopped }));
}

export async function wakeWorkloads(_action: Action<'wakeWorkloads'>, work: Telling): Promise<void> {
  const { context, report } = work;
  const refs = await wake(await needRecord(context), work);
  await waitReady(await context.api(), refs, { timeoutSeconds: seconds('ready', context), report });
  await markDone(context, 'start');
}

/** In the order opposite to that in which it was stopped, so that the hub comes last. */
async function wake({ kept }: Recorded, { context, report }: Telling): Promise<ObjectRef[]> {
  const api = await context.api();
  const refs: ObjectRef[] = [];
  for (const { ref, replicas } of kept.stopped.toReversed()) {
    const now = await api.get<Scaled>(ref);
    if (now === undefined) continue;
    if (now.spec?.replicas === 0) await scale(api, ref, replicas);
    refs.push(ref);
    report(`${ref.kind} ${ref.name} starts`);
  }
  return refs;
}

function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace} ${name}`;
}
