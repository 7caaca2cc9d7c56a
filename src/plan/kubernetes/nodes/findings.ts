import type { Environment } from '../../../config/schema/environment.ts';
import type { Check, Evidence, Examined, SourceName } from '../../doctor/check.ts';
import { checks } from '../../doctor/checks/index.ts';
import { examineAll } from '../../doctor/examine.ts';
import type { NodesObserved } from './observed.ts';

const sources: ReadonlySet<SourceName> = new Set(['nodes', 'machines', 'compute']);

/** What the doctor's checks of nodes find: why there is no node, or why no more come. */
export function nodeFindings(environment: Environment, observed: NodesObserved): readonly Examined[] {
  return examineAll(nodeChecks(environment), observed satisfies Evidence, environment);
}

function nodeChecks(environment: Environment): Check[] {
  return checks.filter(
    ({ needs, applies }) => needs.every((name) => sources.has(name)) && applies?.(environment) !== false,
  );
}
