import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { fewNames, groupBy } from '../../plan/names.ts';
import { conditionLine } from './evidence.ts';
import type { Trouble } from '../../plan/trouble.ts';

/** Nodes that do not work, and whose servers are on them: also one that is gone, which only the servers still name. */
export function nodeTroubles({ nodes, servers }: ClusterObserved): Trouble[] {
  const on = groupBy(servers, ({ node }) => node ?? '');
  const known = new Set(nodes.map(({ name }) => name));
  const gone = [...on.keys()].filter((name) => name !== '' && !known.has(name));
  const people = (node: string): string => {
    const users = (on.get(node) ?? []).map(({ user }) => user);
    return users.length === 0 ? '' : `, with the servers of ${fewNames(users)}`;
  };
  return [
    ...nodes
      .filter(({ ready }) => !ready)
      .map(({ name, condition }) => ({
        kind: 'node' as const,
        what: `node ${name} is not ready${people(name)}`,
        fix: `kubectl describe node ${name}`,
        evidence: condition === undefined ? ['it has not said yet how it is'] : [conditionLine(condition)],
      })),
    ...gone.map((name) => ({
      kind: 'node' as const,
      what: `node ${name} is gone${people(name)}`,
      fix: 'kubectl get nodes',
      evidence: (on.get(name) ?? []).map(
        ({ user, started }) => `server of ${user}${started === undefined ? '' : `, started ${started}`}`,
      ),
    })),
  ];
}

export function nodesNote({ nodes }: ClusterObserved): string {
  const ready = nodes.filter((node) => node.ready).length;
  return `${ready} of ${nodes.length} nodes ready`;
}
