import { fromStatus } from './from-status.ts';

export const homesWithoutVolume = fromStatus({
  id: 'homes-without-volume',
  title: 'homes have their volumes',
  page: 'homes',
  kind: 'home',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning: 'These people cannot start a server until their home is there.',
});
