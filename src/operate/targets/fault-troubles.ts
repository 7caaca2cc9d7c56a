import type { Environment } from '../../config/schema/environment.ts';
import { fewNames, groupBy } from '../../plan/names.ts';
import type { ClusterHealth, Fault } from '../../plan/kubernetes/health.ts';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { minutes } from '../../plan/minutes.ts';
import type { Trouble } from '../../plan/trouble.ts';

/** What cannot be used, and why. What many have in common is said once. */
export function faultTroubles(
  environment: Environment,
  observed: ClusterObserved,
  { faults, homesClass }: ClusterHealth,
): Trouble[] {
  const groups = groupBy(faults, ({ kind, why, ref }) => (kind === 'storage' ? ref.name : `${kind} ${why}`));
  return [
    ...(homesClass ? [] : noClass(environment, observed)),
    ...[...groups.values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : [troubleOf(first, others, environment, observed)],
    ),
  ];
}

/** Where nothing is deployed yet, there is none to miss. */
function noClass({ name, homes, longhorn }: Environment, { releases }: ClusterObserved): Trouble[] {
  if (Object.keys(releases).length === 0) return [];
  return [
    {
      kind: 'storageClass',
      what: `StorageClass ${homes.storageClass} is not there: no new home gets a volume`,
      fix: typeof longhorn === 'object' ? `hubwright logs ${name} longhorn` : 'kubectl get storageclasses',
    },
  ];
}

function troubleOf(
  fault: Fault,
  others: readonly Fault[],
  { name }: Environment,
  { context }: ClusterObserved,
): Trouble {
  const { kind, ref, why } = fault;
  const within = ref.namespace === undefined ? '' : ` -n ${ref.namespace}`;
  const describe = `kubectl --context ${context}${within} describe ${ref.kind.toLowerCase()} ${ref.name}`;
  const who = fewNames([fault, ...others].map(({ owner, ref: its }) => owner ?? its.name));
  const many = others.length > 0;
  switch (kind) {
    case 'home':
      return { kind, what: `volume of ${who}: ${why}`, fix: describe };
    case 'server': {
      const age = minutes(Math.max(...[fault, ...others].map(({ ageSeconds }) => ageSeconds)));
      return {
        kind,
        what: `the server${many ? 's' : ''} of ${who} ${many ? 'have' : 'has'} not started in ${age}: ${why}`,
        fix: describe,
      };
    }
    case 'loadBalancer':
      return { kind, what: `load balancer ${who}: ${why}`, fix: describe };
    case 'storage':
      return { kind, what: `${ref.name} of Longhorn: ${why}`, fix: `hubwright logs ${name} longhorn` };
    default:
      return kind satisfies never;
  }
}
