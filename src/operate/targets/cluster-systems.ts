import type { Environment } from '../../config/schema/environment.ts';
import { type RuntimeFiles, compileKubernetes } from '../../platform/kubernetes/index.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { ClusterHost } from './cluster-host.ts';

/** Everything that the environment needs in its cluster. */
export async function systemsOf(
  environment: Environment,
  host: Pick<ClusterHost, 'runtimeFiles'>,
): Promise<readonly System[]> {
  const [files, dashboards] = await Promise.all([host.runtimeFiles(), dashboardsOf(environment)]);
  return compileKubernetes(environment, { ...files, dashboards });
}

/** Made only where something is monitored: loading what makes them takes a tenth of a second. */
async function dashboardsOf({ monitoring }: Environment): Promise<RuntimeFiles['dashboards']> {
  if (typeof monitoring !== 'object') return {};
  const { dashboards } = await import('../../platform/kubernetes/monitoring/dashboards/index.ts');
  return Object.fromEntries(dashboards(monitoring.prices).map(({ name, json }) => [name, json]));
}
