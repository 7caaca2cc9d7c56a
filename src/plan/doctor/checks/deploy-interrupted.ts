import { fromStatus } from './from-status.ts';

export const deployInterrupted = fromStatus({
  id: 'deploy-interrupted',
  title: 'no change was left in the middle',
  page: 'interrupted-deploy',
  kind: 'interrupted',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'someCannotWork',
  meaning:
    'A part of it is done and the rest is not. Nothing is lost: the same command goes on where it ended.',
});
