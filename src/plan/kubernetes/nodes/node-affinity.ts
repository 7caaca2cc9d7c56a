import { isMap, valueAt } from '../../../config/merge.ts';
import type { UserPods } from '../../../platform/kubernetes/user-pods.ts';

type Labels = Readonly<Record<string, string>>;

/** Why a node is none of those that the pods require; undefined: it is, or they require none. */
export function unmetAffinity(labels: Labels, { nodeAffinity }: UserPods): string | undefined {
  const terms = valueAt(nodeAffinity, [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  ]);
  if (!Array.isArray(terms) || terms.length === 0) return undefined;
  // One of the terms is enough.
  const unmet = terms.map((term) => expressionsOf(term).filter((one) => !isMet(one, labels)));
  if (unmet.some((expressions) => expressions.length === 0)) return undefined;
  const asked = unmet.map((expressions) => expressions.map(textOf).join(' and '));
  return `it is not ${[...new Set(asked)].join(', or ')}, as the required node affinity asks`;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Those of labels: `matchFields`, which name single nodes, are taken for met. */
function expressionsOf(term: unknown): Expression[] {
  const expressions = valueAt(term, ['matchExpressions']);
  return (Array.isArray(expressions) ? expressions : []).filter(isMap).map(({ key, operator, values }) => ({
    key: String(key),
    operator: String(operator),
    values: Array.isArray(values) ? values.map(String) : [],
  }));
}

/** As the scheduler compares them (k8s.io/apimachinery/pkg/labels, `Requirement.Matches`); one that is none is met. */
function isMet({ key, operator, values }: Expression, labels: Labels): boolean {
  const has = labels[key];
  switch (operator) {
    case 'In':
      return has !== undefined && values.includes(has);
    case 'NotIn':
      return has === undefined || !values.includes(has);
    case 'Exists':
      return has !== undefined;
    case 'DoesNotExist':
      return has === undefined;
    case 'Gt':
      return Number(has) > Number(values[0]);
    case 'Lt':
      return Number(has) < Number(values[0]);
    default:
      return true;
  }
}

function textOf({ key, operator, values }: Expression): string {
  return [key, operator, values.join(', ')].filter(Boolean).join(' ');
}
