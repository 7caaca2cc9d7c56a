import { UserError, messageOf } from '../../errors.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { serverSelector } from '../kubernetes/pods.ts';
import { type LogPod, autoscalersOf } from './autoscaler.ts';
import type { ClusterContext } from './context.ts';

/** The same as `LogPart` of `operate/target.ts`. */
export type LogPart =
  | { readonly kind: 'hub' | 'proxy' | 'prometheus' | 'certificates' | 'longhorn' | 'autoscaler' }
  | { readonly kind: 'user'; readonly name: string };

interface How {
  readonly lines: number;
  readonly follow: boolean;
  readonly write: (text: string) => void;
}

/**
 * Writes the end of the logs of a part's pods, and what comes if asked. Where there are several each line says of which
 * node and pod it is.
 *
 * @throws UserError when there is no such pod, or none can be read.
 */
export async function readLog(context: ClusterContext, part: LogPart, how: How): Promise<void> {
  const api = await context.api();
  const pods = await podsOf(part, context, api);
  if (pods.length > 0) return readPods(api, pods, how);
  if (part.kind !== 'autoscaler' || context.management === undefined) throw noPod(part, context, api);
  const management = await context.management();
  try {
    const there = await autoscalersOf(management, context.environment);
    if (there.length === 0) throw noPod(part, context, management);
    await readPods(management, there, how);
  } finally {
    management.close();
  }
}

async function podsOf(
  part: LogPart,
  context: ClusterContext,
  api: KubernetesApi,
): Promise<readonly LogPod[]> {
  if (part.kind === 'autoscaler') return autoscalersOf(api, context.environment);
  const pods = await api.list<LogPod>({ apiVersion: 'v1', kind: 'Pod', ...whereIs(part.kind, context) });
  if (part.kind !== 'user') return pods;
  return pods.filter(({ metadata }) => metadata.annotations?.['hub.jupyter.org/username'] === part.name);
}

function whereIs(
  kind: Exclude<LogPart['kind'], 'autoscaler'>,
  { namespace, environment: { longhorn, monitoring } }: ClusterContext,
): { readonly namespace: string; readonly labelSelector: string } {
  switch (kind) {
    case 'user':
      return { namespace, labelSelector: serverSelector };
    case 'certificates':
      return { namespace, labelSelector: 'component=autohttps' };
    case 'longhorn': {
      const its = typeof longhorn === 'object' ? longhorn.namespace : 'longhorn-system';
      return { namespace: its, labelSelector: 'app=longhorn-manager' };
    }
    case 'prometheus': {
      const its = typeof monitoring === 'object' ? monitoring.namespace : 'monitoring';
      // Of the Prometheus operator, on what it makes.
      return { namespace: its, labelSelector: 'app.kubernetes.io/name=prometheus' };
    }
    default:
      return { namespace, labelSelector: `component=${kind}` };
  }
}

async function readPods(api: KubernetesApi, pods: readonly LogPod[], how: How): Promise<void> {
  const sorted = pods.toSorted((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));
  const [only, ...others] = sorted;
  if (only && others.length === 0) return readPod(api, only, how, '');
  // Side by side, and the end of each in one piece, whichever comes first.
  const pieces = sorted.map((): string[] => []);
  const reads = sorted.map((pod, index) => {
    const write = how.follow ? how.write : (text: string) => void pieces[index]?.push(text);
    return readPod(api, pod, { ...how, write }, `[${titleOf(pod)}] `);
  });
  const results = await Promise.allSettled(reads);
  const failed = results.filter((result) => result.status === 'rejected');
  if (failed.length === results.length) throw failed[0]?.reason;
  for (const [index, pod] of sorted.entries()) {
    const result = results[index];
    // On a node that is gone, say. What the others have to say is the more wanted.
    if (result?.status === 'rejected')
      pieces[index]?.push(`[${titleOf(pod)}] cannot be read: ${messageOf(result.reason)}\n`);
  }
  for (const piece of pieces.flat()) how.write(piece);
}

function titleOf({ metadata, spec }: LogPod): string {
  return spec.nodeName === undefined ? metadata.name : `${spec.nodeName}/${metadata.name}`;
}

/** The first container is the one that counts: beside it stand those that only pull or copy something. */
async function readPod(
  api: KubernetesApi,
  { metadata: { name, namespace }, spec }: LogPod,
  { lines, follow, write }: How,
  prefix: string,
): Promise<void> {
  const container = spec.containers[0]?.name;
  const whole = byLine(write, prefix);
  const options = { tailLines: lines, follow, write: whole.write };
  await api.logs({ namespace, name }, container === undefined ? options : { ...options, container });
  whole.end();
}

/** Passes whole lines on, with something before each: pieces end anywhere. */
function byLine(write: (text: string) => void, prefix: string) {
  let rest = '';
  const pass = (lines: readonly string[]): void => {
    if (lines.length > 0) write(lines.map((line) => `${prefix}${line}\n`).join(''));
  };
  return {
    write: (text: string): void => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      pass(lines);
    },
    end: () => pass(rest === '' ? [] : [rest]),
  };
}

function noPod(part: LogPart, { environment, namespace }: ClusterContext, api: KubernetesApi): UserError {
  if (part.kind === 'autoscaler') {
    return new UserError({
      what: 'There is no pod of the autoscaler.',
      where: `context ${api.context}`,
      fix:
        environment.kubernetes?.managementContext === undefined
          ? 'With Cluster API it runs on the management cluster: name that one’s context as `kubernetes.managementContext`.'
          : `Look what runs there: \`kubectl --context ${api.context} get pods --all-namespaces\`.`,
    });
  }
  return new UserError({
    what: part.kind === 'user' ? `${part.name} has no server now.` : `There is no pod of ${part.kind}.`,
    where: `namespace ${namespace}, context ${api.context}`,
    fix: `\`hubwright status ${environment.name}\` shows what runs.`,
  });
}
