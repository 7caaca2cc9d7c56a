import type { Catalog } from '../catalog.ts';
import { env } from './words.ts';

/** What is about the nodes of a cluster. */
export const nodeCommands: Catalog = [
  {
    name: 'nodes',
    group: 'Deploy and operate',
    summary: 'show node groups, flavours and bounds, who is on which node, and why no more nodes come',
    args: [env],
    options: [],
    examples: [['hubwright nodes training', 'when servers wait for room']],
    load: () => import('../commands/nodes.ts'),
  },
  {
    name: 'capacity',
    group: 'Deploy and operate',
    summary: 'count seats: servers of each profile on a node, and nodes for so many people',
    args: [env],
    options: [
      ['--people <number>', 'how many come (default: as many as the file lists)'],
      ['--offline', 'ask neither the cluster nor the cloud: only what the file describes'],
      ['--picture <file>', 'also write a picture, as SVG'],
    ],
    examples: [['hubwright capacity training --people 200', 'before the course is announced']],
    load: () => import('../commands/capacity.ts'),
  },
];
