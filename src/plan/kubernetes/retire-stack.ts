import type { Note, Step } from '../plan.ts';
import type { ClusterAction } from './actions.ts';
import type { ClusterObserved } from './observed.ts';

/**
 * The monitoring goes when no environment of the cluster asks for it any more: nothing is in it that people have made,
 * and what watches nobody costs memory on every node.
 */
export function retireSteps({ idleStack }: Pick<ClusterObserved, 'idleStack'>): Step<ClusterAction>[] {
  if (idleStack === undefined || idleStack.users.length > 0) return [];
  return [removal(idleStack.namespace, 'no environment of this cluster asks for it', ['prune'])];
}

/** Release, volumes, kinds: everything that came with the stack. */
export function removal(namespace: string, reason: string, needs: readonly string[]): Step<ClusterAction> {
  return {
    id: 'monitoring:remove',
    title: 'Monitoring: remove it with its measurements',
    reason,
    needs,
    action: { kind: 'removeStack', namespace },
  };
}

export function retireNotes({ idleStack }: Pick<ClusterObserved, 'idleStack'>): Note[] {
  if (idleStack === undefined || idleStack.users.length === 0) return [];
  const text = `the monitoring in ${idleStack.namespace} stays: ${idleStack.users.join(', ')} use${idleStack.users.length === 1 ? 's' : ''} it`;
  return [{ severity: 'info', text }];
}
