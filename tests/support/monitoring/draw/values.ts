import type { Override, Panel } from '../grafana.ts';
import type { Answer } from '../prometheus.ts';
import { escaped, lineName, stateColors } from './html.ts';
import { format } from './units.ts';

interface Shown {
  readonly name: string;
  readonly value: number;
}

function shown({ targets = [] }: Panel, answers: readonly (readonly Answer[])[]): readonly Shown[] {
  return answers.flatMap((some, index) =>
    some.map(({ metric, values }) => ({
      name: lineName(targets[index]?.legendFormat ?? '', metric),
      value: values.at(-1)?.[1] ?? Number.NaN,
    })),
  );
}

function thresholdColor(value: number, { fieldConfig }: Panel): string {
  const steps = fieldConfig.defaults.thresholds?.steps ?? [];
  const step = steps.findLast(({ value: from }) => from === null || value >= from);
  return stateColors[step?.color ?? 'green'] ?? '#37872d';
}

/** The newest values, large. */
export function drawNumbers(panel: Panel, answers: readonly (readonly Answer[])[]): string {
  const { unit, mappings } = panel.fieldConfig.defaults;
  const all = shown(panel, answers);
  const parts = all.map(({ name, value }) => {
    const text = mappings?.[0]?.options[String(value)]?.text ?? format(value, unit);
    return `<div><small>${escaped(name)}</small><b style="color:${thresholdColor(value, panel)}">${escaped(text)}</b></div>`;
  });
  return `<div class="numbers">${parts.join('')}</div>`;
}

/** As bars of one scale. */
export function drawGauges(panel: Panel, answers: readonly (readonly Answer[])[]): string {
  const all = shown(panel, answers);
  const most = Math.max(1, ...all.map(({ value }) => value));
  const parts = all.map(({ name, value }) => {
    const fill = thresholdColor(value, panel);
    const width = (value / most) * 100;
    return `<div><small>${escaped(name)}</small><span><i style="width:${width}%;background:${fill}"></i></span><b style="color:${fill}">${escaped(format(value, panel.fieldConfig.defaults.unit))}</b></div>`;
  });
  return `<div class="gauges">${parts.join('')}</div>`;
}

type Row = Map<string, string | number>;

/** Rows of what has the same labels, in the order of the columns. */
export function drawTable(panel: Panel, answers: readonly (readonly Answer[])[], height: number): string {
  const { targets = [], fieldConfig, options, transformations = [] } = panel;
  const names = Object.entries(
    transformations.find(({ id }) => id === 'organize')?.options.renameByName ?? {},
  );
  const rows = merged(answers, (index) =>
    answers.length === 1 ? 'Value' : `Value #${targets[index]?.refId}`,
  );
  const titles = new Map(names);
  const first = options.sortBy?.[0];
  const by = names.find(([, title]) => title === first?.displayName)?.[0] ?? '';
  const sorted =
    first === undefined ? rows : rows.toSorted((a, b) => Number(b.get(by) ?? -1) - Number(a.get(by) ?? -1));
  const visible = sorted.slice(0, Math.floor((height - 26) / 21));
  const head = names.map(([, title]) => `<th>${escaped(title)}</th>`).join('');
  const body = visible.map(
    (row) =>
      `<tr>${[...titles].map(([name, title]) => cell(row.get(name), overrideOf(title, fieldConfig.overrides))).join('')}</tr>`,
  );
  return `<table><tr>${head}</tr>${body.join('')}</table>`;
}

function merged(answers: readonly (readonly Answer[])[], name: (index: number) => string): readonly Row[] {
  const rows = new Map<string, Row>();
  answers.forEach((some, index) => {
    for (const { metric, values } of some) {
      const key = JSON.stringify(metric, Object.keys(metric).toSorted());
      const row = rows.get(key) ?? new Map<string, string | number>(Object.entries(metric));
      row.set(name(index), values.at(-1)?.[1] ?? Number.NaN);
      rows.set(key, row);
    }
  });
  return [...rows.values()];
}

interface Look {
  readonly unit?: string;
  readonly max?: number;
}

function overrideOf(title: string, overrides: readonly Override[]): Look {
  const properties = overrides.find(({ matcher }) => matcher.options === title)?.properties ?? [];
  return Object.fromEntries(properties.map(({ id, value }) => [id, value]));
}

function cell(value: string | number | undefined, { unit, max }: Look): string {
  if (value === undefined) return '<td></td>';
  if (typeof value === 'string') return `<td>${escaped(value)}</td>`;
  const text = escaped(format(value, unit));
  if (max === undefined) return `<td class="number">${text}</td>`;
  const part = Math.min(1, value / max);
  // From green over yellow to red, as Grafana's scale goes.
  const fill = `hsl(${Math.round(110 * (1 - part))} 65% 48%)`;
  return `<td class="bar"><span><i style="width:${part * 100}%;background:${fill}"></i></span>${text}</td>`;
}
