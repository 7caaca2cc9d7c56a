import { fromStatus } from './from-status.ts';

export const storageBroken = fromStatus({
  id: 'storage-broken',
  title: 'Longhorn’s parts run',
  page: 'longhorn',
  kind: 'storage',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning:
    'Volumes may not be attached, or have fewer copies than they should: new servers may wait for their homes.',
});
