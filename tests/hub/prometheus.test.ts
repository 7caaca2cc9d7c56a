import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, events, sandbox } from '../support/hubwright.ts';
import { queryPanels, readDashboards, substitute } from '../support/monitoring/grafana.ts';
import { alertsOf } from '../support/monitoring/recorded.ts';
import { answersNow, hasPrometheus, needsPrometheus, recordBefore } from '../support/prometheus.ts';
import { clusterEnvironment } from '../unit/platform/kubernetes/environments.ts';
import {
  type AtWork,
  atWork,
  canLogIn,
  isRunning,
  kill,
  logIn,
  passwords,
  recordOf,
  small,
  stepsDone,
  until,
  up,
} from './kit.ts';

const prices = 'prices: { currency: EUR, nodeHour: { l3.small: 0.4 }, gpuHour: 1.5 }';

/** Yesterday morning, in this machine's time. */
function yesterday(hour: number): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1, hour);
}

const morning = { from: yesterday(9), to: yesterday(12) };

function morningSeries() {
  const ann = { namespace: 'local', pod: 'ann', node: 'n1', user: 'ann', profile: 'standard' };
  const bo = { namespace: 'local', pod: 'bo', node: 'n1', user: 'bo', profile: 'large' };
  const late = { from: yesterday(11), to: morning.to };
  const server = (name: string, labels: Readonly<Record<string, string>>, value: number) => ({
    name: `hubwright:server:${name}`,
    labels,
    value,
    ...(labels['user'] === 'bo' ? late : morning),
  });
  return [
    server('info', ann, 1),
    server('info', bo, 1),
    server('cpu_cores', ann, 0.5),
    server('cpu_cores', bo, 2),
    server('memory_bytes', ann, 2 * 1024 ** 3),
    server('memory_bytes', bo, 8 * 1024 ** 3),
    server('gpus', bo, 2),
    server('node_share', { ...ann, flavor: 'l3.small' }, 0.25),
    { name: 'up', labels: { namespace: 'local', job: 'hub' }, value: 1, ...morning },
    {
      name: 'hubwright_user_group_info',
      labels: { namespace: 'local', user: 'ann', group: 'physics' },
      value: 1,
      ...morning,
    },
  ];
}

/** A panel's query, asked of the local environment. */
function ofLocal(query: string): string {
  return substitute(query, '1h').replaceAll('namespace="jupyterhub"', 'namespace="local"');
}

/** As `--from` and `--to` take it. */
function words(time: Date): string {
  return `${time.toLocaleDateString('sv')}T${time.toLocaleTimeString('sv')}`;
}

describe('a local hub with monitoring, and a real Prometheus', () => {
  let box: Sandbox;
  let url: string;
  let prometheus: string;
  let trainee: AtWork;

  const configure = (monitoring: string): Promise<string> =>
    box.writeConfig(small({ more: `monitoring: ${monitoring}` }));
  const ask = (question: string) => answersNow(prometheus, question);
  const steps = async () => stepsDone(await box.must(['up', '--no-verify', '--json']));

  beforeAll(async () => {
    if (!hasPrometheus()) return;
    box = sandbox();
    await configure(`{ ${prices} }`);
    const state = box.state('small');
    recordBefore(join(state.prometheus, 'data'), morningSeries());
    // Where jo's home should be is a file: this server can never start.
    mkdirSync(state.homes, { recursive: true });
    writeFileSync(join(state.homes, 'jo'), '');
    url = await up(box);
    const status = events(await box.must(['status', '--json'])).at(-1);
    const parts = status?.['parts'] as { name: string; url?: string }[];
    prometheus = parts.find(({ name }) => name === 'prometheus')?.url ?? '';
    trainee = await people();
    // The proxy is asked at other moments than the hub, and may have been asked first before it listened.
    await until('both answer', async () => (await ask('count(up == 1)'))[''] === 2, 120);
    await until('the failures were seen', async () => (await ask(failed))[''] === 2, 60);
    await until('the server was recorded', async () => '' in (await ask('count(hubwright:server:info)')), 60);
  });
  afterAll(() => box?.close());

  const failed = 'sum(jupyterhub_server_spawn_duration_seconds_count{status="failure"})';

  /** trainee-1 works; jo's server fails twice; wrong passwords are tried three times. */
  async function people(): Promise<AtWork> {
    const working = await atWork(box, { url, name: 'trainee-1' });
    for (const name of ['trainee-2', 'jo', 'nobody']) await canLogIn(url, name, 'wrong');
    await failToStart(2);
    return working;
  }

  async function failToStart(times: number): Promise<void> {
    const { browser } = await logIn(url, 'jo', passwords(box).get('jo'));
    for (let tries = 0; tries < times; tries++) {
      await browser.send('POST', `${url}hub/api/users/jo/server`, { profile: 'standard' });
      await until('the hub says that it has failed', async () => {
        const { text } = await browser.get(`${url}hub/api/users/jo/server/progress`);
        return text.includes('"failed": true');
      });
    }
  }

  /** Alerts of an environment in that namespace, by name, that ask only what hub and proxy tell. */
  function hubAlerts(namespace: string): Record<string, string> {
    const environment = clusterEnvironment(
      `kubernetes: { context: c, namespace: ${namespace} }\nauth: { accounts: { admins: [alex] } }\nprofiles: { a: { displayName: A, image: 'a:1' } }`,
    );
    const own = alertsOf(environment).filter(
      ({ expr }) => !/kube|container_|longhorn_|hubwright:/.test(expr),
    );
    return Object.fromEntries(own.map(({ alert, expr }) => [alert, expr]));
  }

  test('hub and proxy are scraped, under the names by which a cluster’s are told apart', async (context) => {
    needsPrometheus(context);
    expect(await ask('sum by (job, namespace) (up)')).toEqual({
      'job=hub,namespace=local': 1,
      'job=proxy,namespace=local': 1,
    });
  });

  test('log-ins and starts are counted exactly, by how they ended', async (context) => {
    needsPrometheus(context);
    expect(await ask('sum by (result) (hubwright_logins_total)')).toEqual({
      'result=success': 2,
      'result=failure': 3,
    });
    const starts = 'sum by (status) (jupyterhub_server_spawn_duration_seconds_count) > 0';
    expect(await ask(starts)).toEqual({ 'status=success': 1, 'status=failure': 2 });
  });

  test('every panel about the hub and the proxy has an answer', async (context) => {
    needsPrometheus(context);
    const queries = queryPanels(new Map(readDashboards()).get('hub')!)
      .flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, ofLocal(expr)] as const))
      // What only Kubernetes and traefik tell.
      .filter(([, query]) => !/kube_|container_|traefik_|seats_free/.test(query));
    expect(queries.length).toBeGreaterThan(14);
    // A rate is of two moments.
    const asked = async () => Object.values(await ask('count_over_time(up{job="hub"}[10m])'))[0] ?? 0;
    await until('the hub was asked twice', async () => (await asked()) > 1, 120);
    const answers = await Promise.all(
      queries.map(async ([title, query]) => [title, await ask(query)] as const),
    );
    expect(answers.filter(([, answer]) => Object.keys(answer).length === 0)).toEqual([]);
    const { People, 'Hub and proxy': parts, 'Servers by profile': profiles } = Object.fromEntries(answers);
    expect(People).toEqual({ '': 1 });
    expect(Object.values(parts ?? {})).toEqual([1, 1]);
    expect(profiles).toEqual({ 'profile=standard': 1 });
  });

  test('the alert about a hub that is down is silent for this one, and fires for one that is not there', async (context) => {
    needsPrometheus(context);
    const [here, nowhere] = ['local', 'nowhere'].map((namespace) => hubAlerts(namespace)['HubDown'] ?? '');
    expect(await ask(here ?? '')).toEqual({});
    expect(Object.values(await ask(nowhere ?? ''))).toEqual([1]);
  });

  test('the alerts about time lost in the hub and sockets of the proxy look at numbers that are there', async (context) => {
    needsPrometheus(context);
    const { HubBlocked: blocked = '', ProxyOutOfSockets: sockets = '' } = hubAlerts('local');
    const share = async (alert: string) => Object.values(await ask(alert.replace(/>\s*[\d.]+$/, '')));
    await until('the hub was asked twice', async () => (await share(blocked)).length === 1, 120);
    for (const [value = -1] of [await share(blocked), await share(sockets)]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(0.8);
    }
  });

  test('the proxy tells its routes: the hub’s and that of the one server', async (context) => {
    needsPrometheus(context);
    // It is asked at other moments than the hub.
    await until('both routes were seen', async () => (await ask('sum(api_route_add)'))[''] === 2, 60);
    expect((await ask('sum(requests_web)'))['']).toBeGreaterThan(10);
    expect((await ask('sum(nodejs_active_resources{type="TCPSocketWrap"})'))['']).toBeGreaterThan(0);
  });

  test('the running server is recorded by person, profile and node, with memory, limit and idle time', async (context) => {
    needsPrometheus(context);
    const server = `node=${hostname()},profile=standard,user=trainee-1`;
    const by = (metric: string) => ask(`sum by (node, profile, user) (hubwright:server:${metric})`);
    expect(await by('info')).toEqual({ [server]: 1 });
    expect(await by('memory_limit_bytes')).toEqual({ [server]: 2 * 1024 ** 3 });
    const { [server]: memory } = await by('memory_bytes');
    expect(memory).toBeGreaterThan(50 * 1024 ** 2);
    expect(memory).toBeLessThan(1024 ** 3);
    const idle = (await ask('sum by (user) (hubwright_server_idle_seconds)'))['user=trainee-1'];
    expect(idle).toBeLessThan(120);
  });

  test('CPU that a notebook burns is seen', async (context) => {
    needsPrometheus(context);
    const seconds = 'sum(hubwright_server_cpu_seconds_total)';
    const before = (await ask(seconds))[''] ?? 0;
    await trainee.kernel.run(
      'import time\nend = time.process_time() + 2\nwhile time.process_time() < end: pass',
    );
    await until('it is seen', async () => ((await ask(seconds))[''] ?? 0) > before + 1.5, 40);
  });

  test('status tells the same numbers, and where Prometheus is', async (context) => {
    needsPrometheus(context);
    const text = await box.must(['status']);
    expect(text).toMatch(/✔ prometheus running for .* {2}http:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(text).toMatch(
      /Since the hub started: 2 log-ins, 3 refused; 1 server started \(half within .* s, 95 % within .* s\), 2 failed\./,
    );
    const [status] = events(await box.must(['status', '--json']));
    const activity = status?.['activity'] as { starts: { p95: number } } | undefined;
    const p95 = 'histogram_quantile(0.95, jupyterhub_server_spawn_duration_seconds_bucket{status="success"})';
    expect(activity?.starts.p95).toBeCloseTo(Object.values(await ask(p95))[0] ?? 0, 6);
  });

  test('usage of a morning prints the hours that were, and what they cost', async (context) => {
    needsPrometheus(context);
    const during = ['--from', words(morning.from), '--to', words(morning.to)];
    const [byUser, byProfile, byGroup] = await Promise.all(
      ['user', 'profile', 'group'].map((by) => box.must(['usage', ...during, '--by', by])),
    );
    expect(byUser?.split('\n').slice(1)).toEqual([
      'USER   SERVER HOURS  CPU HOURS  MEMORY GIB-HOURS  GPU HOURS  COST IN EUR',
      'bo              1.0        2.0               8.0        2.0         3.00',
      'ann             3.0        1.5               6.0        0.0         0.30',
      'total           4.0        3.5              14.0        2.0         3.30',
      '',
    ]);
    expect(byProfile).toMatch(/\nlarge +1\.0 .*\nstandard +3\.0 /);
    expect(byGroup).toMatch(/\n\(none\) +1\.0 .*\nphysics +3\.0 /);
  });

  test('usage writes a file and a picture, and tells the same to machines', async (context) => {
    needsPrometheus(context);
    const during = ['--from', words(morning.from), '--to', words(morning.to)];
    const [result] = events(await box.must(['usage', ...during, '--out', 'report', '--json']));
    expect(result).toMatchObject({
      type: 'usage',
      by: 'user',
      files: ['report/usage.csv', 'report/usage.svg'],
    });
    expect(result?.['total']).toEqual({
      serverHours: expect.closeTo(4),
      cpuHours: expect.closeTo(3.5),
      memoryGibHours: expect.closeTo(14),
      gpuHours: expect.closeTo(2),
      cost: expect.closeTo(3.3),
    });
    const read = (name: string) => readFileSync(join(box.folder, 'report', name), 'utf8');
    expect(read('usage.csv')).toContain('ann,3.0000,1.5000,6.0000,0.0000,0.3000\r\n');
    expect(read('usage.svg')).toContain('>ann</text>');
  });

  test('usage from before the first sample says so', async (context) => {
    needsPrometheus(context);
    const text = await box.must(['usage', '--from', '30d']);
    const first = `${morning.from.toLocaleDateString('sv')} 09:00`;
    expect(text).toContain(`nothing is recorded of the time before ${first} (Prometheus keeps 15d or 20GiB)`);
  });

  test('the token is in no file but its own, in no argument, and on no page', async (context) => {
    needsPrometheus(context);
    const { secrets, prometheus: folder } = box.state('small');
    const file = join(secrets, 'metrics_token');
    const token = readFileSync(file, 'utf8');
    expect([statSync(file).mode & 0o777, token.length]).toEqual([0o600, 64]);
    const pid = recordOf(box, 'prometheus').pid;
    const page = await fetch(`${prometheus}api/v1/status/config`);
    const texts = [
      readFileSync(join(folder, 'prometheus.yml'), 'utf8'),
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
      await page.text(),
      await box.must(['logs', 'prometheus', '-n', '9999']),
    ];
    expect(texts.filter((text) => text.includes(token))).toEqual([]);
  });

  test('when servers fail one after the other the alert about that fires, and the one about slow starts does not', async (context) => {
    needsPrometheus(context);
    const { ServersFailToStart: fail = '', ServersStartSlowly: slow = '', ...others } = hubAlerts('local');
    expect(Object.keys(others)).toEqual(['HubDown', 'HubBlocked', 'ProxyOutOfSockets']);
    await failToStart(4);
    await until('it fires', async () => Object.values(await ask(fail))[0] === 1, 60);
    expect(await ask(slow)).toEqual({});
  });

  test('killed, it is a trouble with the command that brings it back, and what was recorded is there', async (context) => {
    needsPrometheus(context);
    await kill(recordOf(box, 'prometheus').pid);
    const { exitCode, stdout } = await box.run(['status']);
    expect(stdout).toContain(
      '✖ Prometheus has stopped by itself: nothing is recorded\n  fix: `hubwright up local',
    );
    expect(exitCode).toBe(1);
    expect(await steps()).toEqual(['prometheus']);
    expect(await ask('count_over_time(hubwright:server:info{user="trainee-1"}[10m])')).not.toEqual({});
  });

  test('a change of its settings restarts it alone', async (context) => {
    needsPrometheus(context);
    const others = [recordOf(box, 'hub').pid, recordOf(box, 'proxy').pid];
    await configure(`{ retention: 40d, ${prices} }`);
    expect(await steps()).toEqual(['prometheus']);
    expect([recordOf(box, 'hub').pid, recordOf(box, 'proxy').pid]).toEqual(others);
    const flags = await fetch(`${prometheus}api/v1/status/flags`);
    expect(await flags.text()).toContain('"storage.tsdb.retention.time":"40d"');
  });

  test('off, it stops alone and its data stays; on again, it knows the past', async (context) => {
    needsPrometheus(context);
    await configure('off');
    expect(await steps()).toEqual(['prometheus']);
    expect((await box.run(['usage'])).stderr).toContain(
      'Nothing is recorded of local: its `monitoring` is off.',
    );
    expect(existsSync(join(box.state('small').prometheus, 'data'))).toBe(true);
    await configure(`{ ${prices} }`);
    expect(await steps()).toEqual(['prometheus']);
    expect(await box.must(['usage', '--from', words(morning.from), '--to', words(morning.to)])).toContain(
      'ann',
    );
  });

  test('down stops it with the rest', async (context) => {
    needsPrometheus(context);
    const { pid } = recordOf(box, 'prometheus');
    await box.must(['down']);
    expect(await isRunning(pid)).toBe(false);
    expect((await box.run(['usage'])).stderr).toContain('`hubwright up local` starts it');
  });
});
