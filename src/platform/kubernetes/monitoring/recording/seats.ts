import type { Environment } from '../../../../config/schema/environment.ts';
import type { Profile } from '../../../../config/schema/profiles.ts';
import { memoryBytes } from '../../../../config/units.ts';
import { askedFor, userPods } from '../../user-pods.ts';
import { promql, resourceOf } from '../promql.ts';
import type { RuleGroup } from '../rules.ts';
import { hubNamespace } from '../rules.ts';
import { matchingNodes, repellingTaints } from './placement.ts';

/**
 * For each profile, how many more servers of it the nodes that are there would take. The profiles compete for the same
 * room, so the numbers do not add up.
 */
export function seatRules(environment: Environment): RuleGroup {
  const pods = userPods(environment.helmValues.jupyterhub);
  return {
    name: 'hubwright-seats',
    rules: Object.entries(environment.profiles).map(([profile, settings]) => ({
      record: 'hubwright:seats_free',
      expr: seats(settings, {
        taints: repellingTaints(settings, pods),
        nodes: matchingNodes(settings, pods),
      }),
      labels: { namespace: hubNamespace(environment), profile },
    })),
  };
}

interface Placement {
  readonly taints: string;
  readonly nodes: readonly string[];
}

function seats(profile: Profile, { taints, nodes }: Placement): string {
  // Without a GPU a node gives no answer for it, and would be judged by its memory alone.
  const withGpus = profile.gpus
    ? [`hubwright:node:free{resource="${resourceOf(profile.gpus.resource)}"}`]
    : [];
  const only = [...nodes, ...withGpus].map((query) => `and on (node) ${query}`);
  return promql`
    sum(
      clamp_min(floor(min by (node) (
        ${fitting(profile).join('\nor ')}
      ) + 0.000001), 0)
      and on (node) (kube_node_status_condition{condition="Ready", status="true"} == 1)
      ${only.join('\n')}
      unless on (node) (kube_node_spec_unschedulable == 1)
      unless on (node) (
        ${taints}
      )
    )
    or 0 * group(kube_node_info)`;
}

/** How often the profile goes into what is free of each resource. */
function fitting(profile: Profile): string[] {
  const { cores, size } = askedFor(profile);
  const { gpus } = profile;
  const wanted: readonly (readonly [resource: string, amount: number | undefined])[] = [
    ['memory', size === undefined ? undefined : memoryBytes(size)],
    // As Kubernetes rounds: up, to thousandths.
    ['cpu', cores === undefined ? undefined : Math.ceil(Number((cores * 1000).toFixed(6))) / 1000],
    ...(gpus ? [[resourceOf(gpus.resource), gpus.count] as const] : []),
    ['pods', 1],
  ];
  return wanted.flatMap(([resource, amount]) =>
    amount === undefined ? [] : [`hubwright:node:free{resource="${resource}"} / ${amount}`],
  );
}
