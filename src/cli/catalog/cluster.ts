import type { Catalog } from '../catalog.ts';
import { addressCommands } from './addresses.ts';
import { certificateCommands } from './certificates.ts';
import { longhornCommands } from './longhorn.ts';
import { nodeCommands } from './nodes.ts';

/** What only a cluster has, a noun each. */
export const clusterCommands: Catalog = [
  ...addressCommands,
  ...certificateCommands,
  ...nodeCommands,
  ...longhornCommands,
];
