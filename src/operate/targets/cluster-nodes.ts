import type { Environment } from '../../config/schema/environment.ts';
import type { NodesIntent, NodesPlan } from '../../plan/kubernetes/nodes/change.ts';
import type { NodesObserved } from '../../plan/kubernetes/nodes/observed.ts';
import { planFlavor } from '../../plan/kubernetes/nodes/plan-flavor.ts';
import { planScale } from '../../plan/kubernetes/nodes/plan-scale.ts';
import type { ClusterHost } from './cluster-host.ts';

/** Reads what node groups there are, and plans the change of one. */
export async function planNodes(
  environment: Environment,
  host: Pick<ClusterHost, 'nodeSources' | 'clusterChart'>,
  intent: NodesIntent,
): Promise<NodesPlan> {
  const observed = await host.nodeSources.all();
  const looked = { environment, observed, noChart: await noChart(host, observed) };
  return intent.kind === 'scale' ? planScale({ ...looked, intent }) : planFlavor({ ...looked, intent });
}

async function noChart(
  host: Pick<ClusterHost, 'clusterChart'>,
  { machines }: NodesObserved,
): Promise<string | undefined> {
  const release = 'seen' in machines ? machines.seen.release : undefined;
  if (release === undefined) return undefined;
  const chart = await host.clusterChart(release.chart);
  return 'notSeen' in chart ? chart.notSeen : undefined;
}
