import { expect, test } from 'vitest';
import { planDown } from '../../../src/plan/local/plan-down.ts';

const running = {
  state: 'running',
  process: { pid: 1, startTime: 'x' },
  since: '',
  startedWith: '',
  port: 8000,
} as const;
const off = { state: 'stopped' } as const;
const server = {
  user: 'trainee-1',
  profile: 'standard',
  fingerprint: '',
  started: undefined,
  lastActivity: undefined,
  ready: true,
};
const ids = (plan: ReturnType<typeof planDown>) => plan.steps.map(({ id }) => id);

test('the hub stops first, because it would go on starting servers; then these, then the proxy', () => {
  const plan = planDown('local', { prometheus: off, hub: running, proxy: running, servers: [server] }, false);
  expect(plan.steps.map(({ id, needs }) => [id, needs])).toEqual([
    ['hub', []],
    ['servers', ['hub']],
    ['proxy', ['servers']],
  ]);
});

test('servers are looked for after the hub has stopped, also when none was there before', () => {
  const plan = planDown('local', { prometheus: off, hub: running, proxy: running, servers: [] }, false);
  expect(ids(plan)).toEqual(['hub', 'servers', 'proxy']);
  expect(plan.steps[1]).toMatchObject({
    title: 'Look for servers',
    reason: 'the hub may have just started one',
  });
});

test('servers of a hub that stopped long ago stop too', () => {
  const stopped = { state: 'stopped' } as const;
  const plan = planDown(
    'local',
    { prometheus: off, hub: stopped, proxy: running, servers: [server, server] },
    false,
  );
  expect(plan.steps.map(({ title }) => title)).toEqual(['Stop 2 servers', 'Stop the proxy']);
});

test('with --keep-servers only the hub stops', () => {
  expect(
    ids(planDown('local', { prometheus: off, hub: running, proxy: running, servers: [server] }, true)),
  ).toEqual(['hub']);
});

test('what has crashed is forgotten', () => {
  const crashed = { state: 'crashed', lastLines: [], log: '' } as const;
  expect(
    ids(planDown('local', { prometheus: off, hub: crashed, proxy: crashed, servers: [] }, false)),
  ).toEqual(['hub', 'servers', 'proxy']);
});

test('nothing runs: nothing to do', () => {
  const stopped = { state: 'stopped' } as const;
  expect(
    ids(planDown('local', { prometheus: off, hub: stopped, proxy: stopped, servers: [] }, false)),
  ).toEqual([]);
});
