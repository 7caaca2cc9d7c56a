import type { Seen } from '../../../plan/doctor/check.ts';
import type { NodesObserved, NodesSeen } from '../../../plan/kubernetes/nodes/observed.ts';
import type { ClusterContext } from '../context.ts';
import { seen } from '../seen.ts';
import { observeAutoscaler } from './autoscaler-seen.ts';
import { observeMachines } from './observe-machines.ts';
import { observeCompute, observeWorkload } from './observe-rooms.ts';

/** Everything about nodes, and each part of it: what cannot be reached is said, and the rest is there. */
export function nodeSources(context: ClusterContext) {
  const parts = {
    nodes: () => observeNodesSeen(context),
    machines: () => observeMachines(context),
    compute: () => observeCompute(context),
  };
  const all = async (): Promise<NodesObserved> => {
    const [nodes, machines, compute] = await Promise.all([parts.nodes(), parts.machines(), parts.compute()]);
    return { nodes, machines, compute };
  };
  return { ...parts, all };
}

function observeNodesSeen(context: ClusterContext): Promise<Seen<NodesSeen>> {
  return seen(async () => {
    const api = await context.api();
    const [workload, autoscaler] = await Promise.all([
      observeWorkload(api, context.namespace),
      observeAutoscaler(api, context.namespace),
    ]);
    return { ...workload, autoscaler };
  });
}
