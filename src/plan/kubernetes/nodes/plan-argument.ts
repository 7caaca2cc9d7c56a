import { isTemporary } from '../../../ports.ts';
import type { Refusal } from '../../plan.ts';
import {
  crossedBounds,
  type NodesIntent,
  type NodesLooked,
  type NodesPlan,
  nobodyTouched,
  planOf,
  refusedPlan,
  tooFew,
} from './change.ts';
import { groupBeside } from './groups.ts';
import type { Bounds } from './machines.ts';
import type { AutoscalerDeployment } from './observed.ts';

type Looked = NodesLooked & { readonly intent: Extract<NodesIntent, { kind: 'scale' }> };

/** Clusters without Cluster API (Magnum, Heat): bounds stand on the autoscaler's command line. */
export function planArgument(
  { environment, observed, intent }: Looked,
  { ref, words }: AutoscalerDeployment,
): NodesPlan {
  const groups = new Map(words.map(argumentOf).filter((found) => found !== undefined));
  const where = `Deployment ${ref.namespace ?? ''}/${ref.name}`;
  const now = groups.get(intent.group);
  if (now === undefined) return refusedPlan(environment, notThere(intent, [...groups.keys()], words, where));
  const bounds = { min: intent.min ?? now.min, max: intent.max ?? now.max };
  const crossed = crossedBounds(intent.group, bounds, where);
  if (crossed !== undefined) return refusedPlan(environment, crossed);
  const few = bounds.max < now.max ? fewer({ environment, observed, intent }, bounds.max, where) : undefined;
  if (few !== undefined) return refusedPlan(environment, few);
  if (bounds.min === now.min && bounds.max === now.max) return planOf(environment, { steps: [] });
  const action = { kind: 'scaleByArgument' as const, deployment: ref, group: intent.group, bounds };
  const step = {
    id: `scale:${intent.group}`,
    title: `${intent.group}: ${bounds.min} to ${bounds.max} nodes`,
    reason: `they are ${now.min} to ${now.max} now, on the command line of the autoscaler, which restarts`,
    needs: [],
    action,
  };
  return planOf(environment, { steps: [step], impacts: nobodyTouched(observed) });
}

type Less = Pick<Looked, 'environment' | 'observed' | 'intent'>;

function fewer(
  { environment, observed: { nodes }, intent }: Less,
  max: number,
  where: string,
): Refusal | undefined {
  const { group } = intent;
  if ('notSeen' in nodes)
    return {
      what: `The maximum of ${group} cannot be lower: whose servers are on its nodes was not seen.`,
      where,
      fix: nodes.notSeen,
    };
  const its = nodes.seen.nodes.filter((node) => groupBeside(node, environment) === group);
  const names = new Set(its.map(({ name }) => name));
  const servers = nodes.seen.servers.filter(({ user, node }) => !isTemporary(user) && names.has(node ?? ''));
  return tooFew(group, max, servers, where);
}

/** `--nodes=1:10:default-worker`, in one word or as a word behind `--nodes`. */
function argumentOf(word: string): readonly [string, Bounds] | undefined {
  const [, min, max, group] = /^(?:--?nodes=)?(\d+):(\d+):(\S+)$/.exec(word) ?? [];
  return group === undefined ? undefined : [group, { min: Number(min), max: Number(max) }];
}

function notThere(
  { group, min, max }: Looked['intent'],
  known: readonly string[],
  words: readonly string[],
  where: string,
): Refusal {
  if (!words.some((word) => word.includes('node-group-auto-discovery=magnum')))
    return {
      what: `The autoscaler knows no node group ${group}.`,
      where,
      fix: known.length > 0 ? `It knows ${known.join(', ')}.` : 'Its command line has no `--nodes`.',
      exitCode: 2,
    };
  const ends = [
    ...(min === undefined ? [] : [`replace min_node_count=${min}`]),
    ...(max === undefined ? [] : [`replace max_node_count=${max}`]),
  ];
  return {
    what: 'The autoscaler takes the bounds of node groups from Magnum.',
    where,
    fix: `Change them there: ${ends.map((end) => `\`openstack coe nodegroup update CLUSTER ${group} ${end}\``).join(' and ')}.`,
  };
}
