import { fromStatus } from './from-status.ts';

export const limitsNotSet = fromStatus({
  id: 'limits-not-set',
  title: 'limits of CPU and memory are set',
  page: 'hub',
  kind: 'limits',
  applies: ({ target }) => target === 'local',
  harm: 'willStop',
  meaning: 'One of these servers can take all of the machine’s memory, and with it everybody’s work.',
});
