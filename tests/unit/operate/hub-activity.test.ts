import { describe, expect, test } from 'vitest';
import type { HubApi } from '../../../src/ports.ts';
import { askActivity, hubActivity } from '../../../src/operate/hub-activity.ts';

const spawns = 'jupyterhub_server_spawn_duration_seconds';

/** What a hub tells that has started so many servers within these bounds, and failed at one. */
function told(buckets: Readonly<Record<string, number>>): string {
  const lines = Object.entries(buckets).map(
    ([upTo, count]) => `${spawns}_bucket{le="${upTo}",status="success"} ${count}.0`,
  );
  return `# HELP ${spawns} Spawn time
# TYPE ${spawns} histogram
${lines.join('\n')}
${spawns}_bucket{le="+Inf",status="failure"} 1.0
${spawns}_count{status="success"} ${buckets['+Inf']}.0
${spawns}_count{status="failure"} 1.0
hubwright_logins_total{result="success"} 12.0
hubwright_logins_total{result="failure"} 2.0
hubwright_logins_created{result="success"} 1.7e+09
process_open_fds 20.0
`;
}

describe('what has happened at a hub since it started', () => {
  test('log-ins and starts are counted by how they ended', () => {
    expect(hubActivity(told({ '1.0': 4, '2.5': 10, '+Inf': 10 }))).toMatchObject({
      logIns: { succeeded: 12, failed: 2 },
      starts: { succeeded: 10, failed: 1 },
    });
  });

  test('times of starts are read from the buckets as Prometheus reads them', () => {
    const { starts } = hubActivity(told({ '0.5': 0, '1.0': 4, '2.5': 9, '5.0': 10, '+Inf': 10 }));
    // A fifth of the way from 1 to 2.5, and half-way from 2.5 to 5.
    expect([starts.p50, starts.p95]).toEqual([1.3, 3.75]);
  });

  test('a time beyond the last bound is that bound', () => {
    expect(hubActivity(told({ '600.0': 1, '+Inf': 10 })).starts).toMatchObject({ p50: 600, p95: 600 });
  });

  test('without a start there are no times', () => {
    expect(hubActivity(told({ '0.5': 0, '+Inf': 0 })).starts).toEqual({ succeeded: 0, failed: 1 });
  });

  test('a hub that does not count log-ins is not said to have had none', () => {
    expect(hubActivity(`${spawns}_count{status="success"} 3.0`).logIns).toBeUndefined();
  });

  test('a hub that does not answer tells nothing', async () => {
    const silent = { metrics: () => Promise.reject(new Error('no')) } as Partial<HubApi> as HubApi;
    expect(await askActivity(async () => silent)).toBeUndefined();
  });
});
