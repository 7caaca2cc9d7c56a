import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queryPanels, readDashboards, substitute } from '../support/monitoring/grafana.ts';
import type { Target } from '../support/monitoring/grafana.ts';
import { lesson, lessonEnd, lessonStart } from '../support/monitoring/lesson/index.ts';
import { minutes } from '../support/monitoring/lesson/samples.ts';
import { people } from '../support/monitoring/lesson/timetable.ts';
import { Prometheus } from '../support/monitoring/prometheus.ts';
import type { Answer } from '../support/monitoring/prometheus.ts';
import { noPrometheus } from '../support/monitoring/promtool.ts';
import { course, recordingRulesOf } from '../support/monitoring/recorded.ts';

const span = { start: lessonStart, end: lessonEnd };
const dashboards = readDashboards();

describe('asked of a real Prometheus about a lesson', () => {
  let prometheus: Prometheus;

  beforeAll(async () => {
    if (noPrometheus === undefined)
      prometheus = await Prometheus.over(lesson(), recordingRulesOf(course), span);
  });
  afterAll(() => prometheus?.close());
  beforeEach(({ skip }) => {
    if (noPrometheus !== undefined) skip(noPrometheus);
  });

  const ask = ({ expr, instant }: Target): Promise<readonly Answer[]> =>
    instant ? prometheus.at(substitute(expr), lessonEnd) : prometheus.over(substitute(expr), span, 60);

  const panels = dashboards.flatMap(([name, dashboard]) =>
    queryPanels(dashboard).map((panel) => [`${name}: ${panel.title}`, panel] as const),
  );

  test.each(panels)('%s has something to show for each of its queries', async (_name, { targets = [] }) => {
    for (const target of targets) {
      const answers = await ask(target);
      expect(answers.length, target.expr).toBeGreaterThan(0);
      expect(
        answers.flatMap(({ values }) => values).some(([, value]) => Number.isFinite(value)),
        target.expr,
      ).toBe(true);
    }
  });

  /** The newest value of each answer to one of a panel's queries, by one of its labels. */
  async function newest(panelName: string, refId: string, label: string): Promise<Record<string, number>> {
    const panel = panels.find(([name]) => name === panelName)?.[1];
    const answers = await ask(panel!.targets!.find((target) => target.refId === refId)!);
    const values = answers.map((answer) => [
      answer.metric[label] ?? '',
      Number(answer.values.at(-1)?.[1].toFixed(3)),
    ]);
    return Object.fromEntries(values) as Record<string, number>;
  }

  const worked = people.filter(({ ran }) => ran !== undefined);
  /** To the minute or two: rules are evaluated at seconds of their own. */
  const hours = ({ ran = 0 }: (typeof people)[number]): number => (minutes - ran) / 60;

  test('whoever has a server is counted once', async () => {
    expect(await newest('people: People with a server', 'A', '')).toEqual({ '': worked.length });
    expect(await newest('hub: Failed starts', 'A', '')).toEqual({ '': 2 });
  });

  test('the seats that are left, the GPUs being taken', async () => {
    // The fifth worker has 15 GiB: the system takes 1.5, two servers and one that waits for its image 2 each.
    expect(await newest('capacity: Free seats', 'A', 'profile')).toEqual({ standard: 3, gpu: 0 });
    expect(await newest('capacity: GPUs', 'A', '')).toEqual({ '': 2 });
  });

  test('who waits, for how long, and why', async () => {
    expect(await newest('capacity: Servers that wait', 'A', 'user')).toEqual({
      'trainee-29': 12 * 60,
      'trainee-30': 9 * 60,
    });
    expect(Object.keys(await newest('capacity: Servers that wait', 'A', 'reason'))).toEqual(
      expect.arrayContaining(['ImagePullBackOff', 'no node has room']),
    );
  });

  test('the hours of each person, and of each group the sum of them', async () => {
    const byPerson = Object.fromEntries(worked.map((one) => [one.name, expect.closeTo(hours(one), 1)]));
    expect(await newest('cost: By person', 'A', 'user')).toEqual(byPerson);
    const byGroup = Object.groupBy(worked, ({ group }) => group);
    for (const [group, total] of Object.entries(await newest('cost: By group', 'A', 'group'))) {
      expect(total).toBeCloseTo(
        (byGroup[group] ?? []).reduce((sum, one) => sum + hours(one), 0),
        0,
      );
    }
  });

  test('a GPU server that asks for half of its node pays half of the node, and its GPU', async () => {
    const [gpuPerson] = worked.filter(({ profile }) => profile === 'gpu');
    const cost = await newest('cost: By person', 'D', 'user');
    expect(cost[gpuPerson!.name]).toBeCloseTo(hours(gpuPerson!) * (0.5 * 0.4 + 1.1), 1);
  });

  test('whose kernel was killed', async () => {
    expect(await newest('people: Ran out of memory', 'A', 'user')).toEqual({
      'trainee-17': 1,
      'trainee-8': 1,
    });
  });

  test('whose home is full, and whose volume has lost a copy', async () => {
    expect(Object.keys(await newest('storage: Fullest home', 'A', 'user'))).toEqual(['trainee-12']);
    expect(Object.keys(await newest('storage: Volumes that are not healthy', 'A', 'pvc'))).toEqual([
      'claim-trainee-14',
    ]);
  });
});
