import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import { planReinstall } from '../../plan/kubernetes/longhorn/plan-reinstall.ts';
import type { LonghornIntent, ReinstallLooked } from '../../plan/kubernetes/longhorn/progress.ts';
import { type LonghornReport, longhornReport } from '../../plan/kubernetes/longhorn/report.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import { stackNames, stackOf } from '../../platform/kubernetes/monitoring/names.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import { observeBalancers } from './cluster-balancers.ts';
import type { ClusterHost } from './cluster-host.ts';
import { systemsOf } from './cluster-systems.ts';

/** Its version, volumes and backup targets, and what is wrong with its parts. */
export async function reportLonghorn(environment: Environment, host: ClusterHost): Promise<LonghornReport> {
  const systems = await systemsOf(environment, host);
  const system = longhornOf(environment, systems);
  const [observed, health, longhorn] = await Promise.all([
    host.observe(systems),
    host.examine(systems),
    host.longhorn(system.release.namespace, keepersOf(environment)),
  ]);
  return longhornReport({ system, observed, health, longhorn });
}

/** @throws UserError where the file names a cloud that cannot be asked. */
export async function planLonghorn(
  environment: Environment,
  host: ClusterHost,
  intent: LonghornIntent,
): Promise<Plan<ClusterAction>> {
  const systems = await systemsOf(environment, host);
  const system = longhornOf(environment, systems);
  const [observed, helm, longhorn, cluster, whole] = await Promise.all([
    host.observe(systems),
    host.helm(),
    host.longhorn(system.release.namespace, keepersOf(environment)),
    host.balancersInCluster(),
    environment.openstack === undefined ? undefined : observeBalancers(host),
  ]);
  const looked = { environment, system, longhorn, balancers: { cluster, whole }, intent };
  return planReinstall({ ...looked, observed: { ...observed, helm } });
}

/** The Prometheus operator makes anew what is stopped. */
function keepersOf(environment: Environment): ObjectRef[] {
  const stack = stackOf(environment);
  if (stack === undefined) return [];
  const { namespace } = stack;
  return [{ apiVersion: 'apps/v1', kind: 'Deployment', name: stackNames.operator, namespace }];
}

function longhornOf({ name }: Environment, systems: readonly System[]): ReinstallLooked['system'] {
  const system = systems.find(({ id }) => id === 'longhorn');
  const { release } = system ?? {};
  if (system !== undefined && release !== undefined) return { ...system, release };
  throw new UserError({
    what: `${name} has no Longhorn: the file says \`longhorn: off\`.`,
    fix: 'Name an environment that has one, or take `longhorn: off` out of the file.',
    exitCode: 2,
  });
}
