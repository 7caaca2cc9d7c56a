import { describe, expect, test } from 'vitest';
import type { Daemon } from '../../../src/plan/local/observed.ts';
import type { HubApi, HubUser } from '../../../src/ports.ts';
import type { LocalHost } from '../../../src/operate/targets/local-host.ts';
import { localStatus } from '../../../src/operate/targets/local-status.ts';
import { course, localEnvironment } from '../environment.ts';

const environment = localEnvironment(course);

const running = {
  state: 'running',
  process: { pid: 1, startTime: 'x' },
  since: '2026-11-23T09:00:00Z',
  startedWith: '',
  port: 8000,
} as const;

/** A machine on which no hub runs, but a person's server does. */
function machine(limits: 'systemd' | 'none', server: { profile: string; limited: boolean }): LocalHost {
  const servers = [
    {
      user: 'jo',
      fingerprint: undefined,
      started: undefined,
      lastActivity: undefined,
      ready: true,
      ...server,
    },
  ];
  const host: Partial<LocalHost> = {
    running: async () => ({
      hub: { state: 'stopped' },
      proxy: { state: 'stopped' },
      prometheus: { state: 'stopped' },
      servers,
    }),
    limits: async () => limits,
    memoryOf: async () => undefined,
    atWork: async () => undefined,
  };
  return host as LocalHost;
}

describe('a server that had to start without the limits of its profile', () => {
  test('is named where this machine enforces limits', async () => {
    const { troubles } = await localStatus(
      environment,
      machine('systemd', { profile: 'large', limited: false }),
    );
    expect(troubles).toEqual([
      {
        kind: 'limits',
        what: 'running without CPU and memory limits, which could not be set at the start: the servers of jo',
        fix: 'hubwright plan local',
      },
    ]);
  });

  test('is no trouble where this machine enforces none, which a note says', async () => {
    const status = await localStatus(environment, machine('none', { profile: 'large', limited: false }));
    expect(status.troubles).toEqual([]);
    expect(status.notes).toHaveLength(1);
  });

  test('is not there when its limits were set', async () => {
    const host = machine('systemd', { profile: 'large', limited: true });
    expect((await localStatus(environment, host)).troubles).toEqual([]);
  });
});

describe('hub and proxy', () => {
  const stopped = { state: 'stopped' } as const;
  const jo: HubUser = { name: 'jo', admin: true, lastActivity: undefined, server: undefined };

  /** A machine with these, where jo works, an administrator. */
  function withParts(hub: Daemon, proxy: Daemon): LocalHost {
    const before = machine('systemd', { profile: 'large', limited: true });
    return {
      ...before,
      running: async () => ({ ...(await before.running()), hub, proxy }),
      publicUrl: async () => 'http://127.0.0.1:8000/',
      hubApi: async () => ({ users: async () => [jo] }) as Partial<HubApi> as HubApi,
    };
  }

  test('a proxy that is not running is a trouble while the hub runs: nobody reaches it', async () => {
    const { troubles } = await localStatus(environment, withParts(running, stopped));
    expect(troubles).toEqual([
      {
        kind: 'part',
        what: 'the proxy is not running: nobody reaches the hub or their server',
        fix: 'hubwright up local',
      },
    ]);
  });

  test.each([
    ['both run', running, running],
    ['`down --keep-servers` has stopped the hub alone', stopped, running],
    ['`down` has stopped both', stopped, stopped],
  ])('no trouble: %s', async (_name, hub, proxy) => {
    expect((await localStatus(environment, withParts(hub, proxy))).troubles).toEqual([]);
  });

  describe('while the hub does not answer', () => {
    const silent = (purpose?: string): LocalHost => ({
      ...withParts(running, stopped),
      atWork: async () =>
        purpose === undefined ? undefined : { purpose, since: '2026-11-23T09:04:10.123Z' },
      hubApi: async () => expect.unreachable(),
    });

    test('that is a trouble', async () => {
      const { troubles } = await localStatus(environment, silent());
      expect(troubles.map(({ what }) => what)).toContain('the hub runs but does not answer');
    });

    test('an `up` that is in progress is told of, and is no trouble', async () => {
      const { notes, troubles } = await localStatus(environment, silent('hubwright up local'));
      expect(notes).toEqual(['`hubwright up local` is in progress since 09:04:10 UTC']);
      expect(troubles).toEqual([]);
    });

    test('a `verify` that is in progress mends nothing', async () => {
      const { troubles } = await localStatus(environment, silent('hubwright verify local'));
      expect(troubles).toHaveLength(2);
    });
  });

  test('somebody is called an administrator when the hub says so, and nothing when no hub can tell', async () => {
    const asked = await localStatus(environment, withParts(running, running));
    const unknown = await localStatus(environment, withParts(stopped, running));
    expect([asked.people[0]?.admin, Object.keys(unknown.people[0] ?? {})]).toEqual([
      true,
      expect.not.arrayContaining(['admin']),
    ]);
  });
});

describe('Prometheus', () => {
  const monitored = localEnvironment(`${course}monitoring: {}`);

  function withPrometheus(prometheus: Daemon, installed = true): LocalHost {
    const before = machine('systemd', { profile: 'large', limited: true });
    return {
      ...before,
      running: async () => ({ ...(await before.running()), prometheus }),
      hasPrometheus: async () => installed,
      prometheusUrl: async () => 'http://127.0.0.1:9090/',
    };
  }

  test('that runs is shown with its address', async () => {
    const { parts } = await localStatus(monitored, withPrometheus(running));
    expect(parts.at(-1)).toMatchObject({
      name: 'prometheus',
      state: 'running',
      url: 'http://127.0.0.1:9090/',
    });
  });

  test('that is not installed is no trouble: a note says what to install', async () => {
    const { notes, troubles } = await localStatus(monitored, withPrometheus({ state: 'stopped' }, false));
    expect(notes).toEqual([
      'nothing is recorded: Prometheus is not installed on this machine (`sudo apt-get install prometheus`, or put the program `prometheus` on PATH); then `hubwright up local` starts it',
    ]);
    expect(troubles).toEqual([]);
  });

  test('that was killed is a trouble, with the command that brings it back', async () => {
    const crashed: Daemon = { state: 'crashed', lastLines: [], log: '/data/logs/prometheus.log' };
    const { troubles } = await localStatus(monitored, withPrometheus(crashed));
    expect(troubles).toEqual([
      {
        kind: 'recording',
        what: 'Prometheus has stopped by itself: nothing is recorded',
        fix: 'hubwright up local',
      },
    ]);
  });

  test('that nobody asked for is not shown, and one that still runs is', async () => {
    const [none, left] = [
      await localStatus(environment, withPrometheus({ state: 'stopped' })),
      await localStatus(environment, withPrometheus(running)),
    ];
    expect([none, left].map(({ parts }) => parts.map(({ name }) => name))).toEqual([
      ['hub', 'proxy'],
      ['hub', 'proxy', 'prometheus'],
    ]);
  });
});
