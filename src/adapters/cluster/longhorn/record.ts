import type { Values } from '../../../config/values.ts';
import type { ObjectRef, ObservedRelease } from '../../../plan/kubernetes/observed.ts';
import { UserError } from '../../../errors.ts';
import type { KubernetesApi, LiveObject } from '../../kubernetes/api.ts';
import { observeReleases } from '../../kubernetes/releases.ts';
import type { ClusterContext } from '../context.ts';
import { type Marks, hasLost, identityOf } from './proof.ts';
import { type TargetSpec, type Volume, recurringJobsIn, targetOf, targetsIn } from './shapes.ts';

/** What has to outlive Longhorn: kept in the environment's namespace, in a ConfigMap, until all is back. */
export interface Kept {
  readonly environment: string;
  /** Part of the names of its snapshots and backups. */
  readonly run: string;
  /** Longhorn's own namespace. */
  readonly longhorn: string;
  /** Of Longhorn's chart. */
  readonly version: string | undefined;
  /** With which Helm it was installed. */
  readonly helm?: Pick<ObservedRelease, 'applyMethod' | 'helmMajor'>;
  /** Which Longhorn it is that is to go. */
  readonly identity?: string;
  readonly targets: readonly { readonly name: string; readonly spec: TargetSpec }[];
  readonly jobs: readonly { readonly name: string; readonly labels: Labels; readonly spec: Values }[];
  readonly stopped: readonly Stopped[];
  /** Ids of steps that are not to be done again. */
  readonly done: readonly string[];
}

export interface Stopped {
  readonly ref: ObjectRef;
  readonly replicas: number;
  /** Once it is stopped; another one later: somebody has started it meanwhile. */
  readonly generation?: number;
}

export interface KeptVolume {
  readonly name: string;
  /** Of which run the backup is. */
  readonly run: string;
  readonly snapshot: string;
  readonly backup: string;
  readonly target: string;
  /** undefined: its backup is not there yet. */
  readonly url?: string;
  /** As it was once it had been saved. */
  readonly marks?: Marks;
  readonly labels: Labels;
  readonly spec: Values;
}

type Labels = Readonly<Record<string, string>>;

export interface Recorded {
  readonly namespace: string;
  readonly kept: Kept;
  readonly volumes: readonly KeptVolume[];
}

const name = 'hubwright-longhorn-reinstall';
/** Not the environment's own labels: what has them goes with it. */
const mark = { 'hubwright/keeps': 'longhorn-reinstall' };
const mainKey = 'reinstall';
const volumePrefix = 'volume.';

type ConfigMap = LiveObject & { readonly data?: Readonly<Record<string, string>> };

/** That of the cluster, of whichever environment; undefined: none is under way. */
export async function anyRecord(api: KubernetesApi): Promise<Recorded | undefined> {
  const labelSelector = Object.entries(mark).map(([key, value]) => `${key}=${value}`)[0] ?? '';
  const found = await api.list<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', labelSelector });
  return found.flatMap((one) => read(one) ?? [])[0];
}

/** That of the environment. */
export async function recordOf(context: ClusterContext): Promise<Recorded | undefined> {
  const found = await (await context.api()).get<ConfigMap>(refIn(context));
  return found && read(found);
}

/** @throws UserError where somebody has deleted it in the middle. */
export async function needRecord(context: ClusterContext): Promise<Recorded> {
  const found = await recordOf(context);
  if (found !== undefined) return found;
  throw new UserError({
    what: 'What was saved of Longhorn is not written down any more.',
    where: `ConfigMap ${name}, namespace ${context.namespace}`,
    fix: "Whoever deleted it has to know why. The backups themselves are in Longhorn's backup target: its page lists them.",
  });
}

/** Begins it, or goes on with the one that is there. Before anything is stopped. */
export async function beginRecord(context: ClusterContext, longhorn: string): Promise<Recorded> {
  const there = await recordOf(context);
  if (there !== undefined) return there;
  const api = await context.api();
  const kept: Kept = {
    environment: context.environment.name,
    ...(await begun(api, longhorn)),
    stopped: [],
  };
  await api.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: context.namespace, labels: mark },
    data: { [mainKey]: JSON.stringify(kept) },
  });
  return { namespace: context.namespace, kept, volumes: [] };
}

/** How Longhorn is now, and nothing of it saved. */
async function begun(api: KubernetesApi, longhorn: string): Promise<Omit<Kept, 'environment' | 'stopped'>> {
  const [targets, jobs, releases, identity] = await Promise.all([
    targetsIn(api, longhorn),
    recurringJobsIn(api, longhorn),
    observeReleases(api, [longhorn]),
    identityOf(api),
  ]);
  const release = releases[`${longhorn}/longhorn`];
  return {
    run: Date.now().toString(36),
    longhorn,
    version: release?.newest.chart.version,
    ...(release && { helm: helmOf(release) }),
    ...(identity === undefined ? {} : { identity }),
    targets: targets.map(({ metadata, spec = {} }) => ({ name: metadata.name, spec: placeOf(spec) })),
    jobs: jobs.map(({ metadata, ...job }) => ({
      name: metadata.name,
      labels: metadata.labels ?? {},
      spec: job['spec'] as Values,
    })),
    done: [],
  };
}

function helmOf({ applyMethod, helmMajor }: ObservedRelease): NonNullable<Kept['helm']> {
  return { applyMethod, ...(helmMajor === undefined ? {} : { helmMajor }) };
}

/** What was saved before counts no more, unless it is all that there is of a volume: an uninstall has taken some already. */
export async function renewRun(context: ClusterContext): Promise<Recorded> {
  const api = await context.api();
  const record = await needRecord(context);
  if (await hasLost(api, record)) return record;
  const kept = { ...record.kept, ...(await begun(api, record.kept.longhorn)) };
  await write(context, mainKey, kept);
  return { ...record, kept };
}

/** Whether what was stopped has been left alone since. */
export async function isUndisturbed(api: KubernetesApi, { stopped }: Kept): Promise<boolean> {
  const asLeft = stopped.map(async ({ ref, generation }) => {
    const now = await api.get(ref);
    return now === undefined || now.metadata.generation === generation;
  });
  return !(await Promise.all(asLeft)).includes(false);
}

export async function changeKept(
  context: ClusterContext,
  change: (kept: Kept) => Partial<Kept>,
): Promise<void> {
  const { kept } = await needRecord(context);
  await write(context, mainKey, { ...kept, ...change(kept) });
}

export async function markDone(context: ClusterContext, id: string): Promise<void> {
  await changeKept(context, ({ done }) => ({ done: [...new Set([...done, id])] }));
}

export async function keepVolume(context: ClusterContext, volume: KeptVolume): Promise<void> {
  await write(context, `${volumePrefix}${volume.name}`, volume);
}

/** A volume that nobody has any more. */
export async function dropVolume(context: ClusterContext, volume: string): Promise<void> {
  await write(context, `${volumePrefix}${volume}`, undefined);
}

export async function forgetRecord(context: ClusterContext): Promise<void> {
  await (await context.api()).delete(refIn(context));
}

/** Labels by which recurring jobs find it; the others Longhorn sets itself. */
const jobLabel = /^recurring-job(-group)?\.longhorn\.io\//;

/** What is Longhorn's own to set, or was true of the old volume alone. */
const ownFields = new Set([
  'nodeID',
  'engineNodeID',
  'migrationNodeID',
  'image',
  'lastAttachedBy',
  'fromBackup',
  'dataSource',
  'cloneMode',
  'disableFrontend',
  'snapshotHashingRequestedAt',
]);

/** How a volume is written down before it is saved. */
export function draftOf(volume: Volume, run: string): KeptVolume {
  const { metadata, spec } = volume;
  const id = `${metadata.name}-${run}`;
  return {
    name: metadata.name,
    run,
    snapshot: id,
    backup: id,
    target: targetOf(volume),
    labels: Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => jobLabel.test(key))),
    spec: Object.fromEntries(
      Object.entries(spec).filter(([key, value]) => !ownFields.has(key) && value !== '' && value !== null),
    ),
  };
}

function placeOf({ backupTargetURL, credentialSecret, pollInterval }: TargetSpec): TargetSpec {
  return {
    backupTargetURL: backupTargetURL ?? '',
    credentialSecret: credentialSecret ?? '',
    ...(pollInterval === undefined ? {} : { pollInterval }),
  };
}

function read({ metadata, data = {} }: ConfigMap): Recorded | undefined {
  const text = data[mainKey];
  if (text === undefined) return undefined;
  const volumes = Object.entries(data).filter(([key]) => key.startsWith(volumePrefix));
  return {
    namespace: metadata.namespace ?? '',
    kept: JSON.parse(text) as Kept,
    volumes: volumes.map(([, volume]) => JSON.parse(volume) as KeptVolume),
  };
}

async function write(
  context: ClusterContext,
  key: string,
  value: Kept | KeptVolume | undefined,
): Promise<void> {
  const api = await context.api();
  const data = { [key]: value === undefined ? null : JSON.stringify(value) };
  if ((await api.patch(refIn(context), { data })) === undefined) await needRecord(context);
}

function refIn({ namespace }: Pick<ClusterContext, 'namespace'>): Required<ObjectRef> {
  return { apiVersion: 'v1', kind: 'ConfigMap', name, namespace };
}
