import { isMap, valueAt } from '../../../../config/merge.ts';
import type { Profile } from '../../../../config/schema/profiles.ts';
import type { UserPods } from '../../user-pods.ts';
import { labelOf, oneOf, promql, quoted } from '../promql.ts';

// What the scheduler does with tolerations, selectors and affinities, as queries over kube-state-metrics.

/** The taints that keep servers of the profile off a node. */
export function repellingTaints({ gpus }: Profile, { tolerations }: UserPods): string {
  const own = gpus?.toleration === undefined ? [] : [gpus.toleration];
  const tolerated = [...tolerations, ...own].flatMap((toleration) => toleratedTaints(toleration));
  return promql`
    kube_node_spec_taint{effect=~"NoSchedule|NoExecute"}
    ${tolerated.map((taint) => `unless ${taint}`).join('\n')}`;
}

/** A toleration of `helmValues` can be of any form; one that is none tolerates nothing. */
function toleratedTaints(toleration: unknown): string[] {
  if (!isMap(toleration)) return [];
  const { key, operator = 'Equal', value = '', effect } = toleration;
  const matchers = [
    ...(typeof key === 'string' ? [`key=${quoted(key)}`] : []),
    ...(operator === 'Exists' ? [] : [`value=${quoted(String(value))}`]),
    ...(typeof effect === 'string' ? [`effect=${quoted(effect)}`] : []),
  ];
  return [`kube_node_spec_taint{${matchers.join(', ')}}`];
}

/** Queries of nodes, all of which a node has to be among. */
export function matchingNodes({ nodeSelector }: Profile, pods: UserPods): string[] {
  const selected = Object.entries({ ...pods.nodeSelector, ...nodeSelector }).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${labelOf(key)}=${quoted(value)}`] : [],
  );
  const terms = valueAt(pods.nodeAffinity, [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  ]);
  const affine = (Array.isArray(terms) ? terms : []).map((term) =>
    nodesOf(expressionsOf(term).flatMap(matcherOf)),
  );
  return [
    ...(selected.length === 0 ? [] : [nodesOf(selected)]),
    // One of the terms is enough.
    ...(affine.length === 0 ? [] : [`(${affine.join(' or ')})`]),
  ];
}

function nodesOf(matchers: readonly string[]): string {
  return `kube_node_labels{${matchers.join(', ')}}`;
}

function expressionsOf(term: unknown): readonly unknown[] {
  const expressions = valueAt(term, ['matchExpressions']);
  return Array.isArray(expressions) ? expressions : [];
}

/** `Gt` and `Lt`, which no query can ask of a label, are left out: rather a seat too many than none. */
function matcherOf(expression: unknown): string[] {
  if (!isMap(expression) || typeof expression['key'] !== 'string') return [];
  const label = labelOf(expression['key']);
  const { operator, values } = expression;
  const listed = oneOf(Array.isArray(values) ? values.map(String) : []);
  switch (operator) {
    case 'In':
      return [`${label}=~${listed}`];
    case 'NotIn':
      return [`${label}!~${listed}`];
    case 'Exists':
      return [`${label}!=""`];
    case 'DoesNotExist':
      return [`${label}=""`];
    default:
      return [];
  }
}
