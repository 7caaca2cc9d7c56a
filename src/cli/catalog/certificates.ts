import type { Catalog } from '../catalog.ts';
import { timeout } from './words.ts';

/** What is about the certificate of an environment. */
export const certificateCommands: Catalog = [
  {
    name: 'certificates',
    group: 'Deploy and operate',
    summary: 'see where the certificate is on its way, have it asked for, keep a copy and put it back',
    args: [['[words...]', '[ENV] status | issue | watch | save | restore | promote (default: status)']],
    options: [
      ['--yes', 'do not ask'],
      ['--identity <file>', 'with restore: a key of age’s, where copies are encrypted'],
      timeout,
    ],
    examples: [
      ['hubwright certificates training', 'what it waits for, and what to do about it; changes nothing'],
      ['hubwright certificates training issue', 'waits until a request can succeed, then has traefik ask'],
      ['hubwright certificates training promote', 'from staging to the real one, after `staging: false`'],
    ],
    continues: true,
    load: () => import('../commands/certificates.ts'),
  },
];
