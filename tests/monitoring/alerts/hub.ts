import { namespace, node, series, steady } from '../../support/monitoring/series.ts';
import type { Series } from '../../support/monitoring/series.ts';
import type { AlertCase } from './case.ts';

const up = (values: string, on = 'node-1', of = namespace): Series =>
  series('up', { job: 'hub', namespace: of, instance: on }, values);
const hubIsDown = { summary: 'The hub of course does not answer', command: 'hubwright logs course hub' };

const hubDown: readonly AlertCase[] = [
  { alert: 'HubDown', when: 'the hub answers', series: [up('1x20')], at: '10m' },
  {
    alert: 'HubDown',
    when: 'it has not answered for four minutes',
    series: [up('1x10 0x10')],
    at: '9m',
    tells: [hubIsDown],
  },
  { alert: 'HubDown', when: 'it restarts within a minute', series: [up('1x10 0x2 1x10')], at: '6m30s' },
  { alert: 'HubDown', when: 'its pod is gone', series: [up('1x5 stale')], at: '9m', tells: [hubIsDown] },
  {
    alert: 'HubDown',
    when: 'it came up on another node',
    series: [up('1x5 stale'), up('_x6 1x20', 'node-2')],
    at: '10m',
  },
  {
    alert: 'HubDown',
    when: 'only that of another environment answers',
    series: [up('1x20', 'node-1', 'evening')],
    at: '5m',
    tells: [hubIsDown],
  },
];

const available = (values: string, deployment = 'proxy'): Series =>
  series('kube_deployment_status_replicas_available', { namespace, deployment }, values);
const proxyIsDown = { summary: 'The proxy of course is down', command: 'hubwright status course' };

const proxyDown: readonly AlertCase[] = [
  { alert: 'ProxyDown', when: 'the proxy runs', series: [available('1x20'), node({ name: 'a' })], at: '5m' },
  {
    alert: 'ProxyDown',
    when: 'it has not run for more than a minute',
    series: [available('1x4 0x20'), node({ name: 'a' })],
    at: '4m',
    tells: [proxyIsDown],
  },
  {
    alert: 'ProxyDown',
    when: 'somebody deleted it',
    series: [available('1x20', 'hub'), node({ name: 'a' })],
    at: '4m',
    tells: [proxyIsDown],
  },
  { alert: 'ProxyDown', when: 'nothing is known of the cluster', series: [], at: '5m' },
];

/** How often the loop was asked, and how often it answered within a quarter of a second. */
const loop = (all: string, quick: string): readonly Series[] => [
  series('jupyterhub_event_loop_interval_seconds_count', { namespace }, all),
  series('jupyterhub_event_loop_interval_seconds_bucket', { namespace, le: '0.25' }, quick),
];
const hubBlocked: readonly AlertCase[] = [
  {
    alert: 'HubBlocked',
    when: 'every turn of its loop is quick',
    series: loop('0+600x60', '0+600x60'),
    at: '25m',
  },
  { alert: 'HubBlocked', when: 'one turn in fifty is slow', series: loop('0+600x60', '0+588x60'), at: '25m' },
  {
    alert: 'HubBlocked',
    when: 'one turn in five has been slow for a quarter of an hour',
    series: loop('0+600x60', '0+480x60'),
    at: '25m',
    tells: [
      {
        labels: { namespace },
        summary: 'The hub of course is busy 20% of the time',
        command: 'hubwright logs course hub',
      },
    ],
  },
];

const sockets = (open: number, job = 'proxy'): readonly Series[] => [
  series('process_open_fds', { job, namespace, instance: 'node-1' }, steady(open)),
  series('process_max_fds', { job, namespace, instance: 'node-1' }, steady(1000)),
];
const proxyOutOfSockets: readonly AlertCase[] = [
  { alert: 'ProxyOutOfSockets', when: 'three in ten are open', series: sockets(300), at: '20m' },
  {
    alert: 'ProxyOutOfSockets',
    when: 'it is the hub that has many files open',
    series: sockets(900, 'hub'),
    at: '20m',
  },
  {
    alert: 'ProxyOutOfSockets',
    when: 'nine in ten are open',
    series: sockets(900),
    at: '20m',
    tells: [
      {
        labels: { namespace },
        summary: 'The proxy of course has used 90% of its connections',
        command: 'hubwright logs course proxy',
      },
    ],
  },
];

const volume = (left: number, claim = 'hub-db-dir'): readonly Series[] => {
  const of = { namespace, persistentvolumeclaim: claim };
  return [
    series('kubelet_volume_stats_available_bytes', of, steady(left)),
    series('kubelet_volume_stats_capacity_bytes', of, steady(1000)),
  ];
};
const databaseNearlyFull: readonly AlertCase[] = [
  { alert: 'DatabaseNearlyFull', when: 'a third of it is left', series: volume(333), at: '20m' },
  {
    alert: 'DatabaseNearlyFull',
    when: 'it is a home that is full',
    series: volume(50, 'claim-jo'),
    at: '20m',
  },
  {
    alert: 'DatabaseNearlyFull',
    when: 'a twentieth of it is left',
    series: volume(50),
    at: '20m',
    tells: [
      {
        labels: { namespace },
        summary: 'The volume of the database of course has 5% left',
        command: 'hubwright logs course hub',
      },
    ],
  },
];

const day = 86_400;
/** Time begins at 0 here, and the case is looked at half an hour later. */
const certificate = (days: number, serial: string): Series =>
  series(
    'traefik_tls_certs_not_after',
    { namespace, sans: 'hub.example.org', serial },
    steady(days * day + 1800),
  );
const certificateExpires: readonly AlertCase[] = [
  {
    alert: 'CertificateExpires',
    when: 'it is good for two months',
    series: [certificate(60, '1')],
    at: '30m',
  },
  {
    alert: 'CertificateExpires',
    when: 'an old one is shown beside the one that was renewed',
    series: [certificate(5, '1'), certificate(60, '2')],
    at: '30m',
  },
  {
    alert: 'CertificateExpires',
    when: 'thirteen days are left',
    series: [certificate(13, '1')],
    at: '30m',
    tells: [
      {
        labels: { namespace, sans: 'hub.example.org' },
        summary: 'The certificate of hub.example.org has 13 days left',
        command: 'hubwright logs course certificates',
      },
    ],
  },
];

const shown = (days: number): Series =>
  series(
    'hubwright_certificate_not_after_seconds',
    { namespace, name: 'hub.example.org' },
    steady(days * day + 1800),
  );
const ownCertificateExpires: readonly AlertCase[] = [
  { alert: 'OwnCertificateExpires', when: 'it is good for a month', series: [shown(30)], at: '30m' },
  {
    alert: 'OwnCertificateExpires',
    when: 'twenty days are left',
    series: [shown(20)],
    at: '30m',
    tells: [
      {
        labels: { namespace, name: 'hub.example.org' },
        summary: 'The certificate of hub.example.org has 20 days left',
        command: 'hubwright certificates course',
      },
    ],
  },
];

export const hubCases: readonly AlertCase[] = [
  ...hubDown,
  ...proxyDown,
  ...hubBlocked,
  ...proxyOutOfSockets,
  ...databaseNearlyFull,
  ...certificateExpires,
  ...ownCertificateExpires,
];
