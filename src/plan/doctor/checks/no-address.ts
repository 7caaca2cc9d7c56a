import { fromStatus } from './from-status.ts';

export const noAddress = fromStatus({
  id: 'no-address',
  title: 'load balancers have their addresses',
  page: 'load-balancers',
  kind: 'loadBalancer',
  applies: ({ target }) => target === 'kubernetes',
  harm: 'nobodyGetsIn',
  meaning: 'Nobody reaches what is behind it from outside.',
});
