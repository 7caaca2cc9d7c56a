import type { Check } from '../check.ts';
import { fromStatus } from './from-status.ts';

const broken = fromStatus({
  id: 'storage-broken',
  title: 'Longhorn’s parts run',
  page: 'longhorn',
  kind: 'storage',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning:
    'Volumes may not be attached, or have fewer copies than they should: new servers may wait for their homes.',
});

/** The last resort is named with what it is safe by. */
export const storageBroken: Check<'status'> = {
  ...broken,
  examine: (sources, environment) =>
    broken.examine(sources, environment).map((finding) => ({
      ...finding,
      fix: `${finding.fix} says why. Where nothing else helps: \`hubwright longhorn ${environment.name} reinstall\`, which saves each volume first.`,
    })),
};
