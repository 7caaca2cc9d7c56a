import { fromStatus } from './from-status.ts';

export const nodesNotReady = fromStatus({
  id: 'nodes-not-ready',
  title: 'nodes are ready',
  page: 'nodes',
  kind: 'node',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning:
    'Servers on these nodes do not answer. Their homes can be attached elsewhere once Kubernetes has given the node up.',
});
