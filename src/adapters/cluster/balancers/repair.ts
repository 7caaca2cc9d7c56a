import type { BalancerAction } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ClusterAction } from '../../../plan/kubernetes/actions.ts';
import { recreateService, setBalancerId } from './bring-back.ts';
import { deleteBalancer } from './delete-balancer.ts';
import { deleteService, freeService, rememberFloatingIp } from './delete-service.ts';
import { deleteFloatingIp, deletePort } from './leftovers.ts';
import { restoreFloatingIp } from './restore-address.ts';
import { type Repairing, restartController, syncService } from './sync.ts';

const performers: {
  readonly [Kind in BalancerAction['kind']]: (
    action: Extract<BalancerAction, { kind: Kind }>,
    work: Repairing,
  ) => Promise<void>;
} = {
  rememberFloatingIp,
  deleteService,
  deleteBalancer,
  freeService,
  recreateService,
  setBalancerId,
  restoreFloatingIp,
  syncService,
  restartController,
  deletePort,
  deleteFloatingIp,
};

export function isRepair(action: ClusterAction): action is BalancerAction {
  return Object.hasOwn(performers, action.kind);
}

/** Does one action of the load-balancer doctor. Safe to repeat after being killed in the middle of it. */
export function performRepair(action: BalancerAction, work: Repairing): Promise<void> {
  const perform = performers[action.kind] as (action: BalancerAction, work: Repairing) => Promise<void>;
  return perform(action, work);
}
