import { namespace } from '../series.ts';
import type { Samples } from './samples.ts';
import { chance, counter } from './samples.ts';
import { exercise, people } from './timetable.ts';

const on = (node: string, job: string): Readonly<Record<string, string>> => ({
  namespace,
  job,
  instance: node,
});
const hubOn = on('training-workers-1', 'hub');
const proxyOn = on('training-workers-2', 'proxy');
const running = (minute: number): number =>
  people.filter(({ ran }) => ran !== undefined && ran <= minute).length;
const asking = (minute: number): number => people.filter(({ asked }) => asked === minute).length;
const busy = (minute: number): number => asking(minute) + (minute > 10 && minute < 40 ? 1 : 0);

/** Hub, proxy and certificate, by their own metrics. */
export function addHub(samples: Samples, start: number): void {
  for (const of of [hubOn, proxyOn]) samples.add('up', of, 1);
  addPeople(samples);
  addSpawns(samples);
  addAnswers(samples);
  addProxy(samples);
  const sans = {
    namespace,
    sans: 'training.jupyter.example.org',
    cn: 'training.jupyter.example.org',
    serial: '04c2',
  };
  samples.add('traefik_tls_certs_not_after', sans, start + 61 * 86_400);
  for (const [container, node, size] of [
    ['hub', 'training-workers-1', 210e6],
    ['chp', 'training-workers-2', 90e6],
    ['traefik', 'training-workers-2', 60e6],
  ] as const) {
    const of = { namespace, pod: `${container}-0`, container, instance: node };
    samples.add('container_memory_working_set_bytes', of, (minute) => size + running(minute) * size * 0.012);
  }
}

function addPeople(samples: Samples): void {
  samples.add('hubwright_logins_total', { ...hubOn, result: 'success' }, counter(asking));
  const mistyped = (minute: number): number => Number(asking(minute) > 1 && minute % 3 === 0);
  samples.add('hubwright_logins_total', { ...hubOn, result: 'failure' }, counter(mistyped));
  for (const [period, before] of [
    ['24h', 2],
    ['7d', 31],
    ['30d', 58],
  ] as const) {
    // Counted once an hour.
    samples.add('jupyterhub_active_users', { ...hubOn, period }, (minute) =>
      Math.max(before, running(minute - (minute % 60))),
    );
  }
}

function addSpawns(samples: Samples): void {
  const metric = 'jupyterhub_server_spawn_duration_seconds';
  const bounds = [0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 180, 300, 600];
  samples.histogram(metric, { ...hubOn, status: 'success' }, bounds, (minute) =>
    people.filter(({ ran }) => ran === minute).map(({ took }) => took),
  );
  samples.histogram(metric, { ...hubOn, status: 'failure' }, bounds, (minute) =>
    minute === 186 || minute === 24 ? [300] : [],
  );
  samples.histogram(metric, { ...hubOn, status: 'throttled' }, bounds, () => []);
}

function addAnswers(samples: Samples): void {
  const random = chance(400);
  const turns = (minute: number): readonly number[] =>
    Array.from({ length: 120 }, () => 0.05 + random() ** 8 * (busy(minute) > 1 ? 0.5 : 0.05));
  const loop = [0.05, 0.055, 0.06, 0.065, 0.07, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5];
  samples.histogram('jupyterhub_event_loop_interval_seconds', hubOn, loop, turns);
  const requests = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];
  const answers = { 200: 8, 302: 2, 403: 0.2, 503: 0.04 };
  for (const [code, often] of Object.entries(answers)) {
    const of = { ...hubOn, method: 'GET', handler: 'jupyterhub.handlers.pages.HomeHandler', code };
    samples.histogram('jupyterhub_request_duration_seconds', of, requests, (minute) =>
      Array.from(
        { length: Math.round(often * (2 + busy(minute) * 3) * (0.5 + random())) },
        () => 0.008 + random() ** 9 * 0.5,
      ),
    );
  }
}

function addProxy(samples: Samples): void {
  const random = chance(500);
  const sockets = (minute: number): number =>
    12 + running(minute) * (exercise(minute) ? 7 : 5) + Math.round(random() * 10);
  samples.add('nodejs_active_resources', { ...proxyOn, type: 'TCPSocketWrap' }, sockets);
  samples.add('api_route_add', proxyOn, (minute) => 1 + running(minute));
  samples.add('api_route_delete', proxyOn, 0);
  samples.add(
    'nodejs_eventloop_lag_p99_seconds',
    proxyOn,
    (minute) => 0.011 + random() * (exercise(minute) ? 0.02 : 0.004),
  );
}
