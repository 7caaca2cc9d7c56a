import { namespace, podOf, series, server, steady } from '../../support/monitoring/series.ts';
import type { Series } from '../../support/monitoring/series.ts';
import type { AlertCase, Told } from './case.ts';

const spawns = 'jupyterhub_server_spawn_duration_seconds';
const ended = (status: string, values: string): Series =>
  series(`${spawns}_count`, { namespace, status }, values);
const failing = 'hubwright logs course hub';

const failures: readonly AlertCase[] = [
  {
    alert: 'ServersFailToStart',
    when: 'four of eight failed',
    series: [ended('failure', '0x5 4x30'), ended('success', '0x5 4x30')],
    at: '8m',
    tells: [
      {
        labels: { namespace },
        summary: '50% of the servers of course have failed to start for 15 minutes',
        command: failing,
      },
    ],
  },
  {
    alert: 'ServersFailToStart',
    when: 'none starts at all',
    series: [ended('failure', '0x5 1 2 3x30'), ended('success', '0x40')],
    at: '8m',
    tells: [
      {
        labels: { namespace },
        summary: '100% of the servers of course have failed to start for 15 minutes',
        command: failing,
      },
    ],
  },
  {
    alert: 'ServersFailToStart',
    when: 'four of forty failed',
    series: [ended('failure', '0x5 4x30'), ended('success', '0x5 36x30')],
    at: '8m',
  },
  {
    alert: 'ServersFailToStart',
    when: 'a single one failed',
    series: [ended('failure', '0x5 1x30'), ended('success', '0x40')],
    at: '8m',
  },
  {
    alert: 'ServersFailToStart',
    when: 'they failed half an hour ago',
    series: [ended('failure', '0x5 4x100'), ended('success', '0x5 4x100')],
    at: '30m',
  },
];

/** Starts that took up to a minute, two minutes and five minutes. */
const starts = (minute: string, two: string, five: string): readonly Series[] => [
  ...Object.entries({ '60.0': minute, '120.0': two, '300.0': five, '+Inf': five }).map(([le, values]) =>
    series(`${spawns}_bucket`, { namespace, status: 'success', le }, values),
  ),
  ended('success', five),
];
const slow: readonly AlertCase[] = [
  {
    alert: 'ServersStartSlowly',
    when: 'all of thirty took less than a minute',
    series: starts('0x5 30x40', '0x5 30x40', '0x5 30x40'),
    at: '10m',
  },
  {
    alert: 'ServersStartSlowly',
    when: 'three of thirty took up to five minutes',
    series: starts('0x5 27x40', '0x5 27x40', '0x5 30x40'),
    at: '10m',
    tells: [
      {
        labels: { namespace },
        summary: 'One in twenty servers of course takes 3m 30s or longer to start',
        command: 'hubwright status course',
      },
    ],
  },
  {
    alert: 'ServersStartSlowly',
    when: 'there were two servers in all',
    series: starts('0x40', '0x40', '0x5 2x40'),
    at: '10m',
  },
];

const stuck: readonly AlertCase[] = [
  {
    alert: 'ServersStuckStarting',
    when: 'two wait for a node, and one for its image on a node',
    series: [
      server({ user: 'ann', profile: 'gpu', phase: 'Pending' }),
      server({ user: 'bob', profile: 'gpu', phase: 'Pending' }),
      server({ user: 'cat', profile: 'standard', on: 'node-1', phase: 'Pending' }),
      server({ user: 'dan', profile: 'standard', on: 'node-1' }),
    ],
    at: '6m',
    tells: ['gpu', 'standard'].map((profile) => ({
      labels: { namespace, profile },
      summary: `${profile === 'gpu' ? 2 : 1} of ${profile} in course have been starting for more than five minutes`,
      command: 'hubwright status course',
    })),
  },
  {
    alert: 'ServersStuckStarting',
    when: 'they have been starting for four minutes',
    series: [server({ user: 'ann', phase: 'Pending' })],
    at: '4m',
  },
  {
    alert: 'ServersStuckStarting',
    when: 'they run',
    series: [server({ user: 'ann', on: 'node-1' })],
    at: '20m',
  },
];

const of = (user: string): Record<string, string> => ({ namespace, pod: podOf(user), container: 'notebook' });
const killed = (user: string, at: number): readonly Series[] => [
  series('kube_pod_container_status_last_terminated_reason', { ...of(user), reason: 'OOMKilled' }, steady(1)),
  series('kube_pod_container_status_last_terminated_timestamp', of(user), steady(at)),
];
const toldOf = (user: string, name = user): readonly Told[] => [
  {
    labels: { namespace, pod: podOf(user), node: 'node-1', profile: 'standard', user },
    summary: `${user} ran out of memory on node-1 (standard in course)`,
    command: `hubwright logs course user ${name}`,
  },
];
const ann = server({ user: 'ann', profile: 'standard', on: 'node-1' });

const memory: readonly AlertCase[] = [
  {
    alert: 'ServerOutOfMemory',
    when: 'a server was killed, and restarted in its place',
    series: [ann, ...killed('ann', 300)],
    at: '10m',
    tells: toldOf('ann'),
  },
  {
    alert: 'ServerOutOfMemory',
    when: 'it was killed and did not come back',
    series: [
      ann,
      series('kube_pod_container_status_terminated_reason', { ...of('ann'), reason: 'OOMKilled' }, steady(1)),
    ],
    at: '10m',
    tells: toldOf('ann'),
  },
  {
    alert: 'ServerOutOfMemory',
    when: 'a kernel alone was killed',
    series: [ann, series('container_oom_events_total', of('ann'), '0x10 1x50')],
    at: '10m',
    tells: toldOf('ann'),
  },
  {
    alert: 'ServerOutOfMemory',
    when: 'the name could do something in a shell',
    series: [server({ user: 'a $(b); c', profile: 'standard', on: 'node-1' }), ...killed('a $(b); c', 300)],
    at: '10m',
    tells: toldOf('a $(b); c', 'a???b???c'),
  },
  {
    alert: 'ServerOutOfMemory',
    when: 'it was half an hour ago',
    series: [ann, ...killed('ann', 0)],
    at: '30m',
  },
  {
    alert: 'ServerOutOfMemory',
    when: 'it ended for another reason',
    series: [
      ann,
      series(
        'kube_pod_container_status_last_terminated_reason',
        { ...of('ann'), reason: 'Error' },
        steady(1),
      ),
      series('kube_pod_container_status_last_terminated_timestamp', of('ann'), steady(300)),
    ],
    at: '10m',
  },
];

export const serverCases: readonly AlertCase[] = [...failures, ...slow, ...stuck, ...memory];
