import type { NodesObserved } from '../../../plan/kubernetes/nodes/observed.ts';
import type { ClusterContext } from '../context.ts';
import { seen } from '../seen.ts';
import { observeAutoscaler } from './autoscaler-seen.ts';
import { observeMachines } from './observe-machines.ts';
import { observeCompute, observeWorkload } from './observe-rooms.ts';

/** Everything about nodes, and each part of it: what cannot be reached is said, and the rest is there. */
export function nodeSources(context: ClusterContext) {
  const parts = {
    nodes: () => seen(async () => observeWorkload(await context.api(), context.namespace)),
    // For itself: who may not read kube-system sees nodes and people all the same.
    autoscaler: () => seen(async () => observeAutoscaler(await context.api(), context.namespace)),
    machines: () => observeMachines(context),
    compute: () => observeCompute(context),
  };
  const all = async (): Promise<NodesObserved> => {
    const [nodes, autoscaler, machines, compute] = await Promise.all([
      parts.nodes(),
      parts.autoscaler(),
      parts.machines(),
      parts.compute(),
    ]);
    return { nodes, autoscaler, machines, compute };
  };
  return { ...parts, all };
}
