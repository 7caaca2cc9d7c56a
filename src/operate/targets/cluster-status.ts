import type { Environment } from '../../config/schema/environment.ts';
import { gpuNotes } from '../../plan/kubernetes/gpus.ts';
import type { ClusterHealth } from '../../plan/kubernetes/health.ts';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { onlyAwaited, onlyUnchecked } from '../../plan/kubernetes/interrupted.ts';
import { wantedAccounts } from '../../plan/kubernetes/people.ts';
import { isStuck, releaseKey } from '../../plan/kubernetes/releases.ts';
import { publicUrl } from '../../platform/kubernetes/public-url.ts';
import type { KubernetesObject, System } from '../../platform/kubernetes/system.ts';
import { certificateNote, certificateTrouble } from './certificate-status.ts';
import { partEvidence, releaseEvidence } from './evidence.ts';
import { faultTroubles } from './fault-troubles.ts';
import { type MissingPart, missingParts, missingTrouble } from './missing-parts.ts';
import { nodeTroubles, nodesNote } from './node-status.ts';
import type { Trouble } from '../../plan/trouble.ts';
import type { PartStatus, PersonStatus, TargetStatus } from '../target.ts';

interface Looked {
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
  readonly health: ClusterHealth;
}

/** What runs on the cluster, who works, and what is wrong with the command that mends it. */
export function clusterStatus(environment: Environment, looked: Looked): TargetStatus {
  const { systems, observed, health } = looked;
  const { name, kubernetes } = environment;
  const deployments = workloads(observed, kubernetes?.namespace ?? '');
  const there = deployments.map(partStatus);
  const missing = missingParts(systems, observed);
  const parts = [...there, ...missing.flatMap(missingStatus)];
  return {
    environment: name,
    target: 'kubernetes',
    url: there.some((part) => part.name === 'hub')
      ? (publicUrl(environment) ?? serviceUrl(observed, environment))
      : undefined,
    parts: parts.length > 0 ? parts : [{ name: 'hub', state: 'stopped' }],
    people: observed.servers.map((server) => personStatus(server, environment)),
    notes: [
      `context ${observed.context}, Kubernetes ${observed.kubernetesVersion}`,
      ...systems.flatMap((system) => releaseNote(system, observed)),
      ...certificateNote(observed),
      storageNote(environment, observed),
      ...seatsNote(observed),
      nodesNote(observed),
      ...gpuNotes(environment, observed.nodes).map(({ text }) => text),
    ],
    troubles: [
      ...there.flatMap((part, index) =>
        partTrouble(part, name, () => partEvidence(deployments[index], health)),
      ),
      ...missing.map((part) => missingTrouble(part, name)),
      ...systems.flatMap((system) => releaseTrouble(system, observed, name)),
      ...certificateTrouble(environment, observed),
      ...interruptedTrouble(observed),
      ...faultTroubles(environment, observed, health),
      ...nodeTroubles(observed),
    ],
  };
}

/** Without a domain or floating IP in the file: what the load balancer was given. */
function serviceUrl({ live }: ClusterObserved, { kubernetes }: Environment): string | undefined {
  const service = live.find(
    ({ kind, metadata }) =>
      kind === 'Service' && metadata.name === 'proxy-public' && metadata.namespace === kubernetes?.namespace,
  ) as { status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } } | undefined;
  const [entry] = service?.status?.loadBalancer?.ingress ?? [];
  const host = entry?.hostname ?? entry?.ip;
  return host === undefined ? undefined : `http://${host}/`;
}

function workloads({ live }: ClusterObserved, namespace: string): KubernetesObject[] {
  const order = ['hub', 'proxy', 'autohttps'];
  return (
    live
      .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === namespace)
      // To be pending until there is room is what they are for.
      .filter((object) => !isPlaceholder(object))
      .toSorted((a, b) => rank(order, a.metadata.name) - rank(order, b.metadata.name))
  );
}

function missingStatus({ system, object }: MissingPart): PartStatus[] {
  return system.id === 'jupyterhub' && object.kind === 'Deployment'
    ? [{ name: object.metadata.name, state: 'missing' }]
    : [];
}

function rank(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index === -1 ? order.length : index;
}

interface DeploymentStatus {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

function partStatus(object: KubernetesObject): PartStatus {
  const { spec, status } = object as DeploymentStatus;
  const { name } = object.metadata;
  const wanted = spec?.replicas ?? 1;
  if (wanted === 0) return { name, state: 'stopped' };
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  const available = condition('Available');
  if ((status?.readyReplicas ?? 0) >= wanted) {
    const since = available?.lastTransitionTime;
    return { name, state: 'running', ...(since === undefined ? {} : { since }) };
  }
  const reason = available?.message ?? condition('Progressing')?.message;
  return { name, state: 'starting', ...(reason === undefined ? {} : { reason }) };
}

function partTrouble(
  { name, state, reason }: PartStatus,
  environment: string,
  evidence: () => readonly string[],
): Trouble[] {
  if (state === 'running') return [];
  if (state === 'stopped') {
    const fix = `hubwright deploy ${environment}`;
    return [{ kind: 'part', what: `${name} is scaled to nothing`, fix, evidence: evidence() }];
  }
  return [
    {
      kind: 'part',
      what: `${name} is not ready${reason === undefined ? '' : `: ${reason}`}`,
      fix: `hubwright logs ${environment} ${logOf[name] ?? 'hub'}`,
      evidence: evidence(),
    },
  ];
}

/** Where the log of a part is, which is not the hub's. */
const logOf: Readonly<Record<string, string>> = { proxy: 'proxy', autohttps: 'certificates' };

function personStatus(server: ClusterObserved['servers'][number], environment: Environment): PersonStatus {
  const account = wantedAccounts(environment)?.find(({ name }) => name === server.user);
  return {
    name: server.user,
    ...(account === undefined ? {} : { admin: account.admin }),
    ...(server.profile ? { profile: server.profile } : {}),
    ...(server.started === undefined ? {} : { started: server.started }),
    ...(server.lastActivity === undefined ? {} : { lastActivity: server.lastActivity }),
  };
}

function releaseNote({ title, release }: System, { releases }: ClusterObserved): string[] {
  const now = release && releases[releaseKey(release)];
  if (release === undefined || now === undefined) return [];
  const { chart, number, status } = now.newest;
  return [`${title}: release ${release.name}, chart ${chart.version}, revision ${number}, ${status}`];
}

function releaseTrouble(
  { title, release }: System,
  { releases }: ClusterObserved,
  environment: string,
): Trouble[] {
  if (release === undefined) return [];
  const now = releases[releaseKey(release)];
  if (now === undefined) {
    return [{ kind: 'release', what: `${title} is not installed`, fix: `hubwright deploy ${environment}` }];
  }
  if (!isStuck(now) && now.newest.status !== 'failed') return [];
  return [
    {
      kind: 'release',
      what: `release ${release.name} is ${now.newest.status} at revision ${now.newest.number}`,
      fix: `hubwright plan ${environment}`,
      evidence: releaseEvidence(now),
    },
  ];
}

function interruptedTrouble({ interrupted }: ClusterObserved): Trouble[] {
  if (interrupted === undefined || onlyAwaited(interrupted)) return [];
  const { command, host, begun, step, open } = interrupted;
  const evidence = [
    `begun ${begun} on ${host}`,
    `begun and not done: ${open.length === 0 ? step : open.join(', ')}`,
  ];
  if (onlyUnchecked(interrupted)) {
    return [
      {
        kind: 'interrupted',
        what: `whether people can work is being tried, or was and failed, after \`${command}\`, begun on ${host} at ${begun}`,
        fix: command,
        evidence,
      },
    ];
  }
  return [
    {
      kind: 'interrupted',
      what: `\`${command}\`, begun on ${host} at ${begun}, is under way or was interrupted: ${step}`,
      fix: command,
      evidence,
    },
  ];
}

function storageNote({ homes: { storageClass } }: Environment, { homes }: ClusterObserved): string {
  return `${homes.length} volume${homes.length === 1 ? '' : 's'} of people and of the hub; new ones on StorageClass ${storageClass}`;
}

function isPlaceholder({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.['hubwright/system'] === 'placeholders';
}

/** Those that wait for room are why a node comes, and no trouble. */
function seatsNote({ live }: ClusterObserved): string[] {
  let [warm, wanted] = [0, 0];
  for (const object of live.filter(isPlaceholder)) {
    const { spec, status } = object as DeploymentStatus;
    wanted += spec?.replicas ?? 0;
    warm += status?.readyReplicas ?? 0;
  }
  return wanted === 0 ? [] : [`${warm} of ${wanted} seats warm`];
}
