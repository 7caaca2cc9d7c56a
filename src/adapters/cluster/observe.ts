import type { FaultCondition } from '../../plan/kubernetes/health.ts';
import type {
  ClusterObserved,
  ObjectRef,
  ObservedNode,
  ObservedRelease,
  ObservedVolume,
  Revision,
} from '../../plan/kubernetes/observed.ts';
import type { ReleasesSeen } from '../../plan/kubernetes/releases.ts';
import type { KubernetesObject, System } from '../../platform/kubernetes/system.ts';
import { type Value, type Values, secretsIn } from '../../config/values.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';
import { type JournalEntry, readJournal } from '../kubernetes/journal.ts';
import { observeReleases, releaseHistory } from '../kubernetes/releases.ts';
import { readStoredAccounts } from './accounts.ts';
import { observeCertificates } from './certificate.ts';
import { type ClusterContext, namesByValue, secretsOf } from './context.ts';
import { type HubDoor, hubUsers } from './hub.ts';
import { missingTokens } from './kept.ts';
import { reinstallUnderWay } from './longhorn/observe.ts';
import { inNamespace, refOf } from './namespaced.ts';
import { observeServers } from './observe-servers.ts';
import { observeStorage } from './observe-storage.ts';
import { openTexts, withReferences, withoutContents } from './redact.ts';
import { observeIdleStack } from './stack.ts';

/** Kinds of which Hubwright makes objects itself, so that those of an earlier file can be found. */
const ownKinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'Secret'],
  ['v1', 'ConfigMap'],
  ['v1', 'PersistentVolumeClaim'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'DaemonSet'],
  ['monitoring.coreos.com/v1', 'ServiceMonitor'],
  ['monitoring.coreos.com/v1', 'PodMonitor'],
  ['monitoring.coreos.com/v1', 'PrometheusRule'],
];

/**
 * Reads everything that planning needs to know of the cluster, side by side.
 *
 * @param onReleases Called with what is known of releases while the rest is still being read.
 */
export async function observeCluster(
  context: ClusterContext,
  door: HubDoor,
  systems: readonly System[],
  onReleases: (seen: ReleasesSeen) => void = () => undefined,
): Promise<ClusterObserved> {
  const api = await context.api();
  const { namespace } = context;
  const atHub = hubUsers(door);
  const [
    version,
    namespaces,
    secrets,
    releases,
    own,
    accounts,
    nodes,
    servers,
    users,
    storage,
    charts,
    journal,
    certificates,
    shared,
  ] = await Promise.all([
    api.version(),
    api.list({ apiVersion: 'v1', kind: 'Namespace' }),
    secretsOf(context),
    observeReleases(api, releaseNamespaces(systems)),
    ownObjects(api, context),
    readStoredAccounts(api, namespace),
    observeNodes(api),
    observeServers(api, namespace, atHub),
    atHub,
    observeStorage(api, namespace),
    context.charts(),
    readJournal(api, namespace),
    observeCertificates(api, context),
    observeShared(api, systems, namespace),
  ]);
  const known = namesByValue(secrets);
  const observed = withoutSecrets(releases, known);
  onReleases({ releases: observed, charts, ...certificates });
  const sent = Object.values(observed).flatMap(({ newest }) => newest.objects);
  const open = openTexts(systems.flatMap(({ objects }) => objects));
  const live = await liveObjects(api, [...systems.flatMap(({ objects }) => objects), ...sent], namespace);
  return {
    context: api.context,
    server: api.server,
    kubernetesVersion: version,
    namespaces: namespaces.map(({ metadata }) => metadata.name),
    namespaceMarked: isMarked(namespaces, context),
    releases: observed,
    live: live.map((object) => withoutContents(object, known, open)),
    ...ownedAndKept([...own, ...ownVolumes(storage.volumes, context)]),
    charts,
    missingSecrets: missingTokens(secretsIn(systems.flatMap(sentValues)), secrets),
    accounts: accounts?.map(({ name, admin, temporary }) => ({ name, admin, temporary })),
    nodes,
    servers,
    ...storage,
    hubUsers: users?.map(({ name, admin }) => ({ name, admin })),
    ...certificates,
    ...shared,
    interrupted: journal && interruptedRun(journal),
    neighbours: neighboursOf(namespaces, namespace),
  };
}

/** What goes on with that which environments share. */
async function observeShared(
  api: KubernetesApi,
  systems: readonly System[],
  namespace: string,
): Promise<Pick<ClusterObserved, 'reinstall' | 'idleStack'>> {
  const [reinstall, idleStack] = await Promise.all([
    reinstallUnderWay(api),
    observeIdleStack(api, systems, namespace),
  ]);
  return { reinstall, idleStack };
}

function sentValues({ release, objects }: System): Value[] {
  return [...objects, ...(release === undefined ? [] : [release.values])];
}

/** Values and objects as people may see them, each object with the namespace that Helm puts it in. */
function withoutSecrets(
  releases: Readonly<Record<string, ObservedRelease>>,
  known: ReadonlyMap<string, string>,
): Record<string, ObservedRelease> {
  return Object.fromEntries(
    Object.entries(releases).map(([key, release]) => {
      const [namespace = ''] = key.split('/');
      return [key, { ...release, newest: revisionWithoutSecrets(release.newest, namespace, known) }];
    }),
  );
}

function revisionWithoutSecrets(
  revision: Revision,
  namespace: string,
  known: ReadonlyMap<string, string>,
): Revision {
  const values = withReferences(revision.values, known) as Values;
  const objects = revision.objects.map((object) => withoutContents(inNamespace(object, namespace), known));
  return { ...revision, values, objects };
}

/** Every revision of a release that is kept, newest first, without secrets. */
export async function observeHistory(
  context: ClusterContext,
  release: { readonly name: string; readonly namespace: string },
): Promise<Revision[]> {
  const api = await context.api();
  const [history, secrets] = await Promise.all([releaseHistory(api, release), secretsOf(context)]);
  const known = namesByValue(secrets);
  return history.map((revision) => revisionWithoutSecrets(revision, release.namespace, known));
}

function interruptedRun({ command, host, begun, steps }: JournalEntry): ClusterObserved['interrupted'] {
  const open = steps.filter(({ done }) => done === undefined);
  const step = open[0]?.title ?? 'between two steps';
  return { command, host, begun, step, open: open.map(({ id }) => id) };
}

function isMarked(namespaces: readonly LiveObject[], { namespace, labels }: ClusterContext): boolean {
  const own = namespaces.find(({ metadata }) => metadata.name === namespace)?.metadata.labels ?? {};
  return Object.entries(labels).every(([key, value]) => own[key] === value);
}

/** Another file may have an environment of the same name: namespaces tell them apart. */
function neighboursOf(namespaces: readonly LiveObject[], own: string): ClusterObserved['neighbours'] {
  return namespaces.flatMap(({ metadata: { name, labels } }) => {
    const environment = labels?.['hubwright/environment'];
    return environment === undefined || name === own ? [] : [{ environment, namespace: name }];
  });
}

function releaseNamespaces(systems: readonly System[]): string[] {
  return [...new Set(systems.flatMap(({ release }) => release?.namespace ?? []))];
}

/**
 * Kinds of which several are asked for with one question: those of which a namespace has few beside ours, and which are
 * small. Not those of people (pods, their homes, Secrets), nor definitions of kinds, which are large.
 */
const listed: ReadonlySet<string> = new Set([
  'ConfigMap',
  'DaemonSet',
  'Deployment',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'PriorityClass',
  'Role',
  'RoleBinding',
  'Service',
  'ServiceAccount',
  'StatefulSet',
]);

/** Each object as it is now; those that are not there are left out. */
export async function liveObjects(
  api: KubernetesApi,
  objects: readonly KubernetesObject[],
  namespace: string,
): Promise<LiveObject[]> {
  const refs = new Map<string, ObjectRef>();
  for (const object of objects) {
    const ref = refOf(inNamespace(object, namespace));
    refs.set(JSON.stringify(ref), ref);
  }
  const together = Map.groupBy(refs.values(), ({ apiVersion, kind, namespace: its = '' }) =>
    [apiVersion, kind, its].join(' '),
  );
  const found = await Promise.all([...together.values()].map((group) => read(api, group)));
  return found.flat();
}

/** Those of one kind and namespace. */
async function read(api: KubernetesApi, refs: readonly ObjectRef[]): Promise<LiveObject[]> {
  const [first] = refs;
  if (first === undefined || refs.length === 1 || !listed.has(first.kind)) {
    const found = await Promise.all(refs.map((ref) => api.get(ref)));
    return found.filter((object) => object !== undefined);
  }
  const { name: _, ...where } = first;
  const names = new Set(refs.map(({ name }) => name));
  return (await api.list(where)).filter(({ metadata }) => names.has(metadata.name));
}

interface OwnObject {
  readonly ref: ObjectRef;
  readonly labels: Readonly<Record<string, string>>;
}

async function ownObjects(api: KubernetesApi, { labels, namespace }: ClusterContext): Promise<OwnObject[]> {
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const lists = ownKinds.map(async ([apiVersion, kind]) => {
    const objects = await api.listMetadata({ apiVersion, kind, labelSelector, namespace });
    return objects.map(({ metadata: { name, labels: found = {} } }) => ({
      ref: { apiVersion, kind, name, namespace },
      labels: found,
    }));
  });
  return (await Promise.all(lists)).flat();
}

/** Volumes belong to no namespace, and another deployment may have our names: whose they are their claim tells. */
function ownVolumes(volumes: readonly ObservedVolume[], { labels, namespace }: ClusterContext): OwnObject[] {
  return volumes
    .filter(({ claim }) => claim?.namespace === namespace)
    .filter((volume) => Object.entries(labels).every(([key, value]) => volume.labels[key] === value))
    .map(({ name, labels: found }) => ({
      ref: { apiVersion: 'v1', kind: 'PersistentVolume', name },
      labels: found,
    }));
}

/** Those of a system, and those that Hubwright keeps for itself. */
function ownedAndKept(own: readonly OwnObject[]): Pick<ClusterObserved, 'owned' | 'kept'> {
  const isOfSystem = ({ labels }: OwnObject): boolean => labels['hubwright/system'] !== undefined;
  return {
    owned: own.filter(isOfSystem).map(({ ref }) => ref),
    kept: own.filter((object) => !isOfSystem(object)).map(({ ref }) => ref),
  };
}

/** A node as the API gives it, as far as it is read. */
export interface NodeParts {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly taints?: ObservedNode['taints'];
    readonly unschedulable?: boolean;
  };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly FaultCondition[];
  };
}

export async function observeNodes(api: KubernetesApi): Promise<ObservedNode[]> {
  return (await api.list<NodeParts>({ apiVersion: 'v1', kind: 'Node' })).map(nodeOf);
}

export function nodeOf({ metadata, spec, status }: NodeParts): ObservedNode {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  const ready = condition?.status === 'True';
  return {
    name: metadata.name,
    ready,
    ...(ready || condition === undefined ? {} : { condition }),
    labels: metadata.labels ?? {},
    taints: spec?.taints ?? [],
    allocatable: status?.allocatable ?? {},
  };
}
