import { fromStatus } from './from-status.ts';

export const serversNotStarting = fromStatus({
  id: 'servers-not-starting',
  title: 'servers of people start',
  page: 'servers',
  kind: 'server',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning: 'These people wait for their server, or have given up.',
});
