import type { ClusterAction } from '../../../plan/kubernetes/actions.ts';
import type { LonghornAction } from '../../../plan/kubernetes/longhorn/actions.ts';
import { restartController } from '../balancers/sync.ts';
import type { Telling } from '../telling.ts';
import { quietVolumes, wakeWorkloads } from './quiet.ts';
import { forgetRecord, markDone } from './record.ts';
import { removeLonghorn } from './remove.ts';
import { proveVolumes, restoreTargets, restoreVolumes } from './restore.ts';
import { saveVolumes } from './save.ts';

const performers: {
  readonly [Kind in LonghornAction['kind']]: (
    action: Extract<LonghornAction, { kind: Kind }>,
    work: Telling,
  ) => Promise<void>;
} = {
  quietVolumes,
  saveVolumes,
  removeLonghorn,
  renewController: async ({ controller }, work) => {
    await restartController({ kind: 'restartController', controller }, work);
    await markDone(work.context, 'controller');
  },
  restoreTargets,
  restoreVolumes,
  wakeWorkloads,
  forgetReinstall: (_action, { context }) => forgetRecord(context),
  proveVolumes,
};

export function isLonghornAction(action: ClusterAction): action is LonghornAction {
  return Object.hasOwn(performers, action.kind);
}

/** Does one action of a reinstall. Safe to repeat after being killed in the middle of it. */
export function performLonghorn(action: LonghornAction, work: Telling): Promise<void> {
  const perform = performers[action.kind] as (action: LonghornAction, work: Telling) => Promise<void>;
  return perform(action, work);
}
