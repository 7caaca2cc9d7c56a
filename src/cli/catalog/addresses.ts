import type { Catalog } from '../catalog.ts';

/** What is about the ways in. */
export const addressCommands: Catalog = [
  {
    name: 'addresses',
    group: 'Deploy and operate',
    summary:
      'show the way in, from the Service to DNS, and what disagrees; attach or release its floating IP',
    args: [['[words...]', '[ENV] | [ENV] attach | [ENV] release']],
    options: [
      ['--service <name>', 'with attach or release: hub, longhorn or grafana (default: hub)'],
      ['--yes', 'do not ask'],
    ],
    examples: [
      ['hubwright addresses training', 'changes nothing; exit code 1 when something disagrees'],
      ['hubwright addresses training attach', 'have the floating IP of the file lead to the hub'],
    ],
    load: () => import('../commands/addresses.ts'),
  },
];
