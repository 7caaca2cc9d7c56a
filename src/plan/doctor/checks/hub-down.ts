import { fromStatus } from './from-status.ts';

export const hubDown = fromStatus({
  id: 'hub-down',
  title: 'hub, proxy and what belongs to them run',
  page: 'hub',
  kind: 'part',
  harm: 'nobodyGetsIn',
  meaning:
    'While the hub does not run nobody can log in or start a server; while the proxy does not, nobody reaches a notebook either. There is only ever one of each: servers that run go on meanwhile.',
});
