import type { ClusterHealth, Fault, FaultCondition } from '../../plan/kubernetes/health.ts';
import type { ObservedRelease } from '../../plan/kubernetes/observed.ts';
import { minutes } from '../../plan/minutes.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';

// What a doctor shows beside a trouble of the status: each line somebody could look up again.

/** Objects of one trouble whose lines are shown. */
const mostLines = 5;

/** Which they are and since when, and what the first one says of itself: the reason is the same for all. */
export function faultEvidence(faults: readonly Fault[]): string[] {
  const [first] = faults;
  const lines = faults.slice(0, mostLines).map(({ ref, ageSeconds }) => {
    const where = ref.namespace === undefined ? '' : `${ref.namespace}/`;
    return `${ref.kind} ${where}${ref.name}, made ${minutes(ageSeconds)} ago`;
  });
  const more = faults.length - lines.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(first?.conditions ?? []).map(conditionLine),
  ];
}

/** `Ready False since 2026-11-30T09:01:00Z (ContainersNotReady): containers with unready status: [hub]` */
export function conditionLine({
  type,
  status,
  reason,
  message,
  lastTransitionTime: since,
}: FaultCondition): string {
  const when = since === undefined ? '' : ` since ${since}`;
  const why = message || reason;
  return `${type} ${status}${when}${message && reason ? ` (${reason})` : ''}${why ? `: ${why}` : ''}`;
}

interface Replicas {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

/** Which revision of the Deployment it is and how many pods it has; what hinders them, and what it says of itself. */
export function partEvidence(deployment: KubernetesObject | undefined, { faults }: ClusterHealth): string[] {
  if (deployment === undefined) return [];
  const { spec, status } = deployment as Replicas;
  const { name, namespace, annotations } = deployment.metadata;
  const revision = annotations?.['deployment.kubernetes.io/revision'];
  const pods = `${status?.readyReplicas ?? 0} of ${spec?.replicas ?? 1} pods ready`;
  const fault = faults.find(({ kind, ref }) => kind === 'part' && ref.name === name);
  return [
    `Deployment ${namespace ?? ''}/${name}${revision === undefined ? '' : `, revision ${revision}`}: ${pods}`,
    ...(fault === undefined ? [] : [fault.why, ...fault.conditions.map(conditionLine)]),
  ];
}

/** Of which revision is spoken, and which one was good. */
export function releaseEvidence({ newest, lastGood }: ObservedRelease): string[] {
  const { number, status, chart, ageSeconds, deployedAt, description } = newest;
  return [
    `revision ${number}, chart ${chart.name} ${chart.version}: ${status} since ${minutes(ageSeconds)}, begun ${deployedAt}${description ? ` (${description})` : ''}`,
    lastGood === undefined
      ? 'no revision was ever deployed'
      : `the last revision that was deployed is ${lastGood}`,
  ];
}
