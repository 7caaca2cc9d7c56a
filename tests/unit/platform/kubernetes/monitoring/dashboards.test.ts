import { describe, expect, test } from 'vitest';
import { dashboards } from '../../../../../src/platform/kubernetes/monitoring/dashboards/index.ts';
import { prices, queryPanels, readDashboards, substitute } from '../../../../support/monitoring/grafana.ts';
import type { Dashboard, Panel } from '../../../../support/monitoring/grafana.ts';
import { infer } from '../../../../support/monitoring/infer.ts';
import { course, withRecorded } from '../../../../support/monitoring/recorded.ts';

const all = readDashboards();
const known = withRecorded(course);
const everyPanel = all.flatMap(([name, dashboard]) =>
  queryPanels(dashboard).map((panel) => [`${name}: ${panel.title}`, panel] as const),
);

/** Labels that the names of a panel's lines, or the columns of a table, take from its queries. */
function namedLabels({ type, targets = [], transformations = [] }: Panel): readonly string[] {
  if (type !== 'table') {
    return targets.flatMap(({ legendFormat = '' }) =>
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!),
    );
  }
  return transformations
    .flatMap(({ options }) => Object.keys(options.renameByName ?? {}))
    .filter((name) => !name.startsWith('Value'));
}

/** The lines that a review of a change should show: one for each panel, one for each query. */
function outline({ title, templating, panels }: Dashboard): string {
  const lines = panels.map((panel) => {
    if (panel.type === 'row') return `\n## ${panel.title}`;
    const { x, y, w, h } = panel.gridPos;
    const { unit } = panel.fieldConfig.defaults;
    const queries = (panel.targets ?? []).map(
      ({ refId, legendFormat, expr }) =>
        `${refId} ${legendFormat ?? ''}\n    ${expr.replaceAll('\n', '\n    ')}`,
    );
    const head = `\n- ${panel.title} (${panel.type}, ${unit}, ${w}x${h} at ${x},${y})`;
    return [head, `  ${panel.description}`, ...queries.map((query) => `  ${query}`)].join('\n');
  });
  const variables = templating.list.map(({ name, query }) => `$${name}: ${query}`);
  return `${[`# ${title}`, ...variables, ...lines].join('\n')}\n`;
}

describe('every panel', () => {
  test.each(everyPanel)('%s asks only for metrics and labels that exist', (_name, panel) => {
    for (const { expr } of panel.targets ?? []) {
      const { labels, faults } = infer(substitute(expr), known);
      expect(faults, expr).toEqual([]);
      if (panel.type === 'table') expect([...labels].toSorted()).toEqual([...namedLabels(panel)].toSorted());
    }
  });

  test.each(everyPanel)('%s names its lines by labels that its queries give', (_name, panel) => {
    for (const { expr, legendFormat } of panel.targets ?? []) {
      const { labels } = infer(substitute(expr), known);
      const named =
        panel.type === 'table'
          ? []
          : namedLabels({ ...panel, targets: [{ refId: 'A', expr, legendFormat: legendFormat ?? '' }] });
      expect(named.filter((label) => !labels.has(label))).toEqual([]);
    }
  });

  test.each(everyPanel)(
    '%s says what it shows, in which unit, and where the data comes from',
    (_name, panel) => {
      const { description, fieldConfig, targets = [], datasource } = panel;
      expect(description).toMatch(/^[A-Z`].+\.$/s);
      expect(fieldConfig.defaults.unit).toBeTruthy();
      expect(targets.length).toBeGreaterThan(0);
      expect([datasource, ...targets.map((target) => target.datasource)].map((one) => one?.uid)).toEqual(
        Array.from({ length: targets.length + 1 }, () => '${datasource}'),
      );
      if (panel.type === 'table') {
        const units = fieldConfig.overrides.flatMap(({ properties }) =>
          properties.filter(({ id }) => id === 'unit'),
        );
        expect(units).toHaveLength(targets.length);
      }
    },
  );

  test.each(everyPanel.filter(([, { title }]) => /\bby node\b|^Nodes$/i.test(title)))(
    '%s, which is about nodes, has their names',
    (_name, panel) => {
      const named = namedLabels(panel);
      expect(named.filter((label) => ['node', 'instance', 'node_group'].includes(label))).not.toEqual([]);
    },
  );
});

describe.each(all)('dashboard %s', (name, dashboard) => {
  test('gives what it gave before', async () => {
    await expect(outline(dashboard)).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test('no two panels have one id, and none lies over another', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  test('what can be chosen is asked of metrics that exist, and everything that can be is used', () => {
    const { list } = dashboard.templating;
    expect(list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    const text = JSON.stringify(dashboard.panels);
    for (const { name: variable, query, datasource } of list.slice(1)) {
      const [, metric = '', label] = /^(?:query_result|label_values)\((.+?)(?:, (\w+))?\)$/.exec(query) ?? [];
      const { labels, faults } = infer(substitute(metric), known);
      expect(faults, variable).toEqual([]);
      if (label !== undefined) expect(labels, variable).toContain(label);
      expect(datasource?.uid).toBe('${datasource}');
      expect(text).toContain(`$${variable}`);
    }
  });

  test('a file of it fits into a ConfigMap', () => {
    expect(JSON.stringify(dashboard).length).toBeLessThan(500_000);
    expect(dashboard.uid).toBe(`hubwright-${name}`);
  });
});

describe('costs', () => {
  const cost = (given?: Parameters<typeof dashboards>[0]): string =>
    dashboards(given).find(({ name }) => name === 'cost')!.json;

  test('without prices there are hours, and no money', () => {
    const text = cost();
    expect(text).toContain('Node hours');
    expect(text).not.toMatch(/"Cost"|"currency:/);
  });

  test.each([
    ['of nodes alone', { currency: 'EUR', nodeHour: { a: 1 } }],
    ['of GPUs alone', { currency: 'EUR', nodeHour: {}, gpuHour: 2 }],
    ['of a flavour that would be a query itself', { currency: 'EUR', nodeHour: { 'a" or up{x="': 1 } }],
  ])('with prices %s every query can be asked', (_what, given) => {
    const parsed = JSON.parse(cost(given)) as Dashboard;
    for (const { targets = [] } of queryPanels(parsed)) {
      for (const { expr } of targets) expect(infer(substitute(expr), known).faults, expr).toEqual([]);
    }
    expect(JSON.stringify(parsed)).toContain('currency:EUR');
  });

  test('the other dashboards know nothing of prices', () => {
    const without = new Map(dashboards().map(({ name, json }) => [name, json]));
    for (const { name, json } of dashboards(prices)) {
      if (name !== 'cost') expect(json).toBe(without.get(name));
    }
  });
});
