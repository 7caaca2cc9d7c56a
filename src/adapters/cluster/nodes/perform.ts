import type { ClusterAction } from '../../../plan/kubernetes/actions.ts';
import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { Telling } from '../telling.ts';
import { changeClusterRelease } from './change-release.ts';
import { changeFlavor, prepareRollout } from './change-flavor.ts';
import { forgetServers, keepServers } from './drain-rule.ts';
import { followRollout } from './follow.ts';
import { scaleByArgument, scaleMachines } from './scale.ts';

const performers: {
  readonly [Kind in NodeAction['kind']]: (
    action: Extract<NodeAction, { kind: Kind }>,
    work: Telling,
  ) => Promise<void>;
} = {
  scaleMachines,
  scaleByArgument,
  changeClusterRelease,
  prepareRollout,
  keepServers,
  forgetServers,
  changeFlavor,
  followRollout,
};

export function isNodeAction(action: ClusterAction): action is NodeAction {
  return Object.hasOwn(performers, action.kind);
}

/** Does one action with node groups. Safe to repeat after being killed in the middle of it. */
export function performNodes(action: NodeAction, work: Telling): Promise<void> {
  const perform = performers[action.kind] as (action: NodeAction, work: Telling) => Promise<void>;
  return perform(action, work);
}
