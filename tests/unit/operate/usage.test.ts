import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../src/ports.ts';
import { type UsageRequest, usage } from '../../../src/operate/usage/usage.ts';

const from = new Date('2026-11-23T09:00:00Z');
const to = new Date('2026-11-23T12:00:00Z');

/** What Prometheus answers, by a word of the question. */
type Answers = Readonly<Record<string, readonly Sample[]>>;

interface Question {
  readonly query: string;
  readonly at: Date;
}

async function used(answers: Answers, request: Partial<UsageRequest> = {}) {
  const asked: Question[] = [];
  const recorded = { 'min_over_time(timestamp': [{ labels: {}, value: from.getTime() / 1000 }], ...answers };
  const api = {
    query: async (query: string, at: Date) => {
      asked.push({ query, at });
      return Object.entries(recorded).find(([word]) => query.includes(word))?.[1] ?? [];
    },
    retention: async () => '15d',
  };
  const whole = { from, to, by: 'user' as const, prices: undefined, ...request };
  return { asked, found: await usage({ api, namespace: 'course' }, whole) };
}

const of = (labels: Sample['labels'], value: number): Sample => ({ labels, value });

const people: Answers = {
  'server:info': [of({ user: 'ann' }, 3), of({ user: 'bo' }, 1)],
  'server:cpu_cores': [of({ user: 'ann' }, 1.5)],
  'server:memory_bytes': [of({ user: 'ann' }, 6 * 1024 ** 3)],
  'server:gpus': [of({ user: 'bo' }, 2)],
};

describe('usage', () => {
  test('adds up hours for each person, most used first, and for everybody', async () => {
    const { found } = await used(people);
    expect(found.rows).toEqual([
      { name: 'ann', serverHours: 3, cpuHours: 1.5, memoryGibHours: 6, gpuHours: 0, cost: 0 },
      { name: 'bo', serverHours: 1, cpuHours: 0, memoryGibHours: 0, gpuHours: 2, cost: 0 },
    ]);
    expect(found.total).toEqual({ serverHours: 4, cpuHours: 1.5, memoryGibHours: 6, gpuHours: 2, cost: 0 });
    expect(found).toMatchObject({ currency: undefined, notes: [] });
  });

  test('asks for each minute once: also at a Prometheus that counts both ends of a range', async () => {
    const { asked } = await used(people);
    expect(asked[0]).toEqual({
      query:
        'sum by (user) (sum_over_time(hubwright:server:info{namespace="course", user!~"hubwright-verify-.*"}[180m:1m])) / 60',
      at: new Date('2026-11-23T11:59:59Z'),
    });
  });

  test('of a long time is asked for week by week, and added up', async () => {
    const { asked, found } = await used(people, { from: new Date('2026-11-07T12:00:00Z') });
    const ranges = asked
      .filter(({ query }) => query.includes('server:info'))
      .map(({ query, at }) => [/\[(\w+):1m\]/.exec(query)?.[1], at.toISOString()]);
    expect(ranges).toEqual([
      ['10080m', '2026-11-14T11:59:59.000Z'],
      ['10080m', '2026-11-21T11:59:59.000Z'],
      ['2880m', '2026-11-23T11:59:59.000Z'],
    ]);
    expect(found.total.serverHours).toBe(12);
  });

  test('by profile asks for that label', async () => {
    const { asked, found } = await used({ 'server:info': [of({ profile: 'large' }, 2)] }, { by: 'profile' });
    expect(asked[0]?.query).toContain('sum by (profile)');
    expect(found.rows.map(({ name }) => name)).toEqual(['large']);
  });
});

describe('usage by group', () => {
  const groups = {
    hubwright_user_group_info: [
      of({ user: 'ann', group: 'physics' }, 1),
      of({ user: 'ann', group: 'staff' }, 1),
    ],
  };

  test('counts somebody in each of their groups, but once in the total, and says so', async () => {
    const { found } = await used({ ...groups, ...people }, { by: 'group' });
    expect(found.rows.map(({ name, serverHours }) => [name, serverHours])).toEqual([
      ['physics', 3],
      ['staff', 3],
      ['(none)', 1],
    ]);
    expect(found.total.serverHours).toBe(4);
    expect(found.notes).toEqual(['who is in several groups counts in each of them, and once in the total']);
  });
});

describe('cost', () => {
  const prices = { currency: 'GBP', nodeHour: { 'l3.small': 0.5 }, gpuHour: 2 };
  const shares = {
    'server:node_share': [
      of({ user: 'ann', flavor: 'l3.small' }, 4),
      of({ user: 'bo', flavor: 'l3.huge' }, 1),
    ],
  };

  test('is a person’s share of the hours of nodes by their flavour, and hours of GPUs', async () => {
    const { found } = await used({ ...people, ...shares }, { prices });
    expect(found.rows.map(({ name, cost }) => [name, cost])).toEqual([
      ['bo', 4],
      ['ann', 2],
    ]);
    expect(found.currency).toBe('GBP');
  });

  test('of nodes without a price is left out, which a note says', async () => {
    const { found } = await used({ ...people, ...shares }, { prices });
    expect(found.notes).toEqual([
      'the file has no price for nodes of l3.huge: their hours are not in the cost',
    ]);
  });

  test('is not asked for without prices', async () => {
    const { asked } = await used(people);
    expect(asked.map(({ query }) => query).join()).not.toContain('node_share');
  });

  test('of nodes that nothing is recorded of is left out, which a note says', async () => {
    const { found } = await used(people, { prices });
    expect(found.notes).toEqual([
      'nothing is recorded of the nodes, so that their hours are not in the cost',
    ]);
  });
});

describe('a time that is not recorded', () => {
  test('from its beginning: the first minute that is, and how long Prometheus keeps samples', async () => {
    const first = new Date(2026, 10, 23, 11, 30);
    const { found } = await used(
      { 'min_over_time(timestamp': [of({}, first.getTime() / 1000)], ...people },
      { from: new Date(2026, 10, 1), to: new Date(2026, 10, 23, 12) },
    );
    expect(found.notes).toEqual([
      'nothing is recorded of the time before 2026-11-23 11:30 (Prometheus keeps 15d)',
    ]);
  });

  test('at all', async () => {
    const { found } = await used({ 'min_over_time(timestamp': [] });
    expect(found).toMatchObject({
      rows: [],
      notes: ['nothing is recorded of that time (Prometheus keeps 15d)'],
    });
  });
});
