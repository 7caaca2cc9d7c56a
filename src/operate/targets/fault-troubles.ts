import type { Environment } from '../../config/schema/environment.ts';
import { fewNames, groupBy } from '../../plan/names.ts';
import type { ClusterHealth, Fault } from '../../plan/kubernetes/health.ts';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { minutes } from '../../plan/minutes.ts';
import { faultEvidence } from './evidence.ts';
import type { Trouble } from '../../plan/trouble.ts';

/** What cannot be used, and why. What many have in common is said once. */
export function faultTroubles(
  environment: Environment,
  observed: ClusterObserved,
  { faults, homesClass, storageClasses }: ClusterHealth,
): Trouble[] {
  const told = faults.filter((fault): fault is Told => fault.kind !== 'part');
  const groups = groupBy(told, ({ kind, why, ref }) =>
    isRunning(kind) ? `${kind} ${ref.name}` : `${kind} ${why}`,
  );
  return [
    ...(homesClass ? [] : noClass(environment, observed, storageClasses)),
    ...[...groups.values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : [troubleOf(first, others, environment, observed)],
    ),
  ];
}

/** What is told here; that a part of the hub does not run its own line says. */
type Told = Fault & { readonly kind: Exclude<Fault['kind'], 'part'> };

/** Parts that run all the time, each with a trouble of its own. */
function isRunning(kind: Told['kind']): boolean {
  return kind === 'storage' || kind === 'recording';
}

/** Where nothing is deployed yet, there is none to miss. */
function noClass(
  { name, homes, longhorn }: Environment,
  { releases }: ClusterObserved,
  known: readonly string[],
): Trouble[] {
  if (Object.keys(releases).length === 0) return [];
  return [
    {
      kind: 'storageClass',
      what: `StorageClass ${homes.storageClass} is not there: no new home gets a volume`,
      fix: typeof longhorn === 'object' ? `hubwright logs ${name} longhorn` : 'kubectl get storageclasses',
      evidence: [`StorageClasses of the cluster: ${known.join(', ') || 'none'}`],
    },
  ];
}

function troubleOf(
  fault: Told,
  others: readonly Told[],
  { name }: Environment,
  { context }: ClusterObserved,
): Trouble {
  const { kind, ref, why } = fault;
  const within = ref.namespace === undefined ? '' : ` -n ${ref.namespace}`;
  const describe = `kubectl --context ${context}${within} describe ${ref.kind.toLowerCase()} ${ref.name}`;
  const who = fewNames([fault, ...others].map(({ owner, ref: its }) => owner ?? its.name));
  const many = others.length > 0;
  const evidence = faultEvidence([fault, ...others]);
  switch (kind) {
    case 'home':
      return { kind, what: `volume of ${who}: ${why}`, fix: describe, evidence };
    case 'server': {
      const age = minutes(Math.max(...[fault, ...others].map(({ ageSeconds }) => ageSeconds)));
      return {
        kind,
        what: `the server${many ? 's' : ''} of ${who} ${many ? 'have' : 'has'} not started in ${age}: ${why}`,
        fix: describe,
        evidence,
      };
    }
    case 'loadBalancer':
      return { kind, what: `load balancer ${who}: ${why}`, fix: describe, evidence };
    case 'storage':
      return {
        kind,
        what: `${ref.name} of Longhorn: ${why}`,
        fix: `hubwright logs ${name} longhorn`,
        evidence,
      };
    case 'recording':
      return {
        kind,
        what: `${ref.name} of the monitoring: ${why}`,
        fix: recordingFix(fault, name, describe),
        evidence,
      };
    default:
      return kind satisfies never;
  }
}

/** Of Prometheus alone there is a command for its log. */
function recordingFix({ ref }: Fault, environment: string, describe: string): string {
  return ref.kind === 'Prometheus' ? `hubwright logs ${environment} prometheus` : describe;
}
