import type { Catalog } from '../catalog.ts';
import { env } from './words.ts';

/** What is about the nodes of a cluster. */
export const nodeCommands: Catalog = [
  {
    name: 'nodes',
    group: 'Deploy and operate',
    summary: 'show node groups, who is where and why no more nodes come; change bounds and flavours',
    args: [['[words...]', '[ENV] | [ENV] scale GROUP | [ENV] flavor GROUP NAME']],
    options: [
      ['--min <number>', 'with scale: fewest nodes'],
      ['--max <number>', 'with scale: most nodes'],
      ['--stop-servers', 'with flavor: stop servers on nodes that go, and wait for nobody'],
      ['--yes', 'do not ask'],
      [
        '--timeout <time>',
        'with flavor: follow the roll-out for so long at most, such as 2h (default: to its end)',
      ],
    ],
    examples: [
      ['hubwright nodes training', 'when servers wait for room'],
      ['hubwright nodes training scale workers --max 12', 'after a look at the quota'],
      ['hubwright nodes training flavor workers l3.large', 'new nodes first; people are waited for'],
    ],
    continues: true,
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
