import { fromStatus } from './from-status.ts';

export const releaseBroken = fromStatus({
  id: 'release-broken',
  title: 'releases are deployed',
  page: 'interrupted-deploy',
  kind: 'release',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning: 'What runs is not sure to be what the file says, and a Helm of yours would refuse to change it.',
});
