import type { Catalog } from '../catalog.ts';
import { env } from './words.ts';

/** What needs hub.yaml and what belongs to it, and no place where it runs. */
export const fileCommands: Catalog = [
  {
    name: 'init',
    group: 'Make and check the file',
    summary: 'write a commented hub.yaml to start from',
    args: [],
    options: [['--name <name>', 'name of the deployment (default: the folder’s name)']],
    writesFile: true,
    examples: [['hubwright init --name jupyter-training', 'writes ./hub.yaml, never over another']],
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'import',
    group: 'Make and check the file',
    summary: 'turn an ansible-jupyter repository into a hub.yaml',
    args: [
      ['<kind>', '`ansible`'],
      ['<folder>', 'the repository, with group_vars/ and inventory/'],
    ],
    options: [['--name <name>', 'name of the deployment']],
    writesFile: true,
    examples: [['hubwright import ansible ../ansible-jupyter', 'says what it could not carry over, and why']],
    load: () => import('../commands/import.ts'),
  },
  {
    name: 'check',
    group: 'Make and check the file',
    summary: 'find every mistake in the file, with its place and the mend',
    args: [env],
    options: [],
    examples: [['hubwright check', 'needs no network and no cluster']],
    load: () => import('../commands/check.ts'),
  },
  {
    name: 'charts',
    group: 'Make and check the file',
    summary: 'pin the Helm charts to the byte, take newer ones, or fetch them for a site without a network',
    args: [['[words...]', 'lock | update [CHART…] | pull']],
    options: [['--out <folder>', 'with pull: put the .tgz files there']],
    examples: [
      ['hubwright charts lock', 'writes hub.lock.yaml; what is in it stays'],
      ['hubwright charts update jupyterhub', 'as its source gives it now'],
    ],
    load: () => import('../commands/charts.ts'),
  },
  {
    name: 'images',
    group: 'Make and check the file',
    summary: 'list every container image that the environment needs, to mirror them',
    args: [env],
    options: [],
    examples: [['hubwright images training', 'one a line; needs the charts, but no cluster']],
    load: () => import('../commands/images.ts'),
  },
  {
    name: 'schema',
    group: 'Make and check the file',
    summary: 'print the JSON Schema of hub.yaml, for editors',
    args: [],
    options: [],
    examples: [['hubwright schema > hub.schema.json', '']],
    verbatim: true,
    load: () => import('../commands/schema.ts'),
  },
];
