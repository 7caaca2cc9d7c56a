import type { Catalog } from '../catalog.ts';
import { timeout } from './words.ts';

/** What is about the storage of the homes. */
export const longhornCommands: Catalog = [
  {
    name: 'longhorn',
    group: 'Deploy and operate',
    summary:
      'show the volumes and where they are saved; take Longhorn off and put it back, volumes saved first',
    args: [['[words...]', '[ENV] | [ENV] reinstall']],
    options: [
      ['--stop-servers', 'with reinstall: stop the servers of people who work'],
      ['--yes', 'do not ask'],
      timeout,
    ],
    examples: [
      ['hubwright longhorn training', 'changes nothing; exit code 1 when something is wrong'],
      [
        'hubwright longhorn training reinstall',
        'shows whom it stops and what it saves, and asks; needs a backup target',
      ],
    ],
    continues: true,
    load: () => import('../commands/longhorn.ts'),
  },
];
