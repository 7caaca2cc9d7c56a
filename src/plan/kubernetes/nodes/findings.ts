import type { Environment } from '../../../config/schema/environment.ts';
import type { Evidence, Examined } from '../../doctor/check.ts';
import { checks } from '../../doctor/checks/index.ts';
import { applicable, examineAll } from '../../doctor/examine.ts';
import type { NodesObserved } from './observed.ts';

/** What the doctor's checks of nodes find: why there is no node, or why no more come. */
export function nodeFindings(environment: Environment, observed: NodesObserved): readonly Examined[] {
  const ofNodes = applicable(checks, ['nodes', 'autoscaler', 'machines', 'compute'], environment);
  return examineAll(ofNodes, observed satisfies Evidence, environment);
}
