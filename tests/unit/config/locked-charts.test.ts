import { describe, expect, test } from 'vitest';
import type { LockedEntry } from '../../../src/config/charts/lock.ts';
import { writeLock } from '../../../src/config/charts/lock.ts';
import { wantedChart } from '../../../src/config/charts/wanted.ts';
import { type ChartOf, lockedChartProblems } from '../../../src/config/locked-charts.ts';

type Charts = Parameters<typeof wantedChart>[0]['charts'];

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const official = 'https://hub.jupyter.org/helm-chart/';

function entry(asked: string, version: string, source = official): LockedEntry {
  return { chart: 'jupyterhub', asked, version, source, digest };
}

function wanted(environment: string, charts: Charts = {}): ChartOf {
  return { environment, wanted: wantedChart({ charts }, 'jupyterhub') };
}

function problems(lock: readonly LockedEntry[] | string, ...charts: readonly ChartOf[]) {
  const text = typeof lock === 'string' ? lock : writeLock(lock);
  return lockedChartProblems({ file: 'hub.lock.yaml', text }, charts);
}

describe('a version that stands in the lock file alone', () => {
  test('and has a known fault is told where it stands there, with what takes another', () => {
    const text = writeLock([entry('4.4.0', '4.4.0'), entry('default', '4.2.0')]);
    expect(problems(text, wanted('training'))).toMatchObject([
      {
        code: 'locked-chart-fault',
        severity: 'warning',
        message: expect.stringContaining('the proxy leaks sockets') as string,
        fix: 'Run `hubwright charts update jupyterhub`: it takes 4.4.0.',
        place: {
          file: 'hub.lock.yaml',
          line: text.split('\n').findIndex((line) => line.includes('version: 4.2.0')) + 1,
        },
        environments: ['training'],
      },
    ]);
  });

  test.each(['charts/jupyterhub.tgz', 'charts/jupyterhub'])('is known of %s too', (source) => {
    const [problem] = problems(
      [entry('default', '4.2.0', source)],
      wanted('dev', { jupyterhub: { source } }),
    );
    expect(problem?.message).toMatch(/^Version 4\.2\.0 has a known fault/);
    expect(problem?.fix).toBe(
      `Put a version without it there (${source}), then run \`hubwright charts update jupyterhub\`.`,
    );
  });

  test('is said once for all whom it concerns', () => {
    const found = problems([entry('default', '4.2.0')], wanted('training'), wanted('dev'));
    expect(found).toHaveLength(1);
    expect(found[0]?.environments).toEqual(['training', 'dev']);
  });

  test('and is without fault needs no words', () => {
    expect(problems([entry('default', '4.4.0')], wanted('training'))).toEqual([]);
  });
});

test('a version that hub.yaml names is looked at there', () => {
  const named = wanted('training', { jupyterhub: { version: '4.2.0' } });
  expect(problems([entry('4.2.0', '4.2.0')], named)).toEqual([]);
});

test('an entry that nobody asks for concerns nobody', () => {
  expect(problems([entry('default', '4.2.0', 'charts/old.tgz')], wanted('training'))).toEqual([]);
});

test('a lock file that cannot be read is a mistake', () => {
  expect(problems('charts: {', wanted('training'))).toMatchObject([
    { code: 'lock-unreadable', severity: 'error', place: { file: 'hub.lock.yaml', line: 1 } },
  ]);
});
