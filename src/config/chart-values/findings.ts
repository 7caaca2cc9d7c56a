import { chartDefaults, type ChartKey } from '../charts/defaults.ts';
import { own, valueAt } from '../merge.ts';
import type { Finding, Path } from '../problem.ts';
import type { Environment } from '../schema/environment.ts';
import type { Violation } from './violations.ts';

type Written = Pick<Environment, 'helmValues'>;

/** What a chart's schema refuses, as findings about the environment that the values come from. */
export function valuesFindings(violations: readonly Violation[], { helmValues }: Written): Finding[] {
  const byPath = new Map<string, Finding>();
  for (const violation of violations) {
    const finding = findingOf(violation, helmValues);
    const key = JSON.stringify([finding.path, finding.at]);
    const before = byPath.get(key);
    // Of a choice each branch has its own complaint about the same value.
    byPath.set(key, before ? { ...before, message: `${before.message}, or ${violation.message}` } : finding);
  }
  return [...byPath.values()];
}

function findingOf(violation: Violation, helmValues: Written['helmValues']): Finding {
  const { chart, base } = chartOf(violation.chart, helmValues);
  const { path, isWritten } = writtenPath([...base, ...violation.path], helmValues[chart]);
  const { title, version } = chartDefaults[chart];
  const what = `${title} chart, \`${[...base, ...violation.path].join('.')}\`: ${violation.message}`;
  if (!isWritten) {
    return {
      code: 'chart-values',
      severity: 'error',
      path: ['charts', chart],
      at: 'key',
      message: what,
      fix: `This value is Hubwright's own: the chart is another than those it was made for. Use version ${version}, or tell us.`,
    };
  }
  return {
    code: 'chart-values',
    severity: 'error',
    path: ['helmValues', chart, ...path],
    at: violation.unknownKey ? 'key' : 'value',
    message: what,
    fix: violation.unknownKey
      ? `Correct the name, or remove it: \`helm show values\` of the chart lists what there is.`
      : 'Write what the chart expects there.',
  };
}

/** The chart that is meant: one of ours, or a chart inside one of ours, whose values stand under its name. */
function chartOf(
  name: string,
  helmValues: Written['helmValues'],
): { readonly chart: ChartKey; readonly base: readonly string[] } {
  const keys = Object.keys(chartDefaults) as ChartKey[];
  const direct = keys.find((key) => chartDefaults[key].name === name);
  if (direct !== undefined) return { chart: direct, base: [] };
  const around = keys.find((key) => own(helmValues[key], name) !== undefined);
  // Of ours only kube-prometheus-stack has charts inside.
  return { chart: around ?? 'monitoring', base: [name] };
}

/** The longest part of the path that is written, with indexes of lists as numbers. */
function writtenPath(
  path: readonly string[],
  values: unknown,
): { readonly path: Path; readonly isWritten: boolean } {
  const found: (string | number)[] = [];
  for (const part of path) {
    const here = valueAt(values, found);
    const key = Array.isArray(here) ? Number(part) : part;
    if (own(here, key) === undefined) break;
    found.push(key);
  }
  // A key that is missing is the fault of whoever wrote the map that it is missing from.
  return { path: found, isWritten: found.length > 0 && found.length === path.length };
}
