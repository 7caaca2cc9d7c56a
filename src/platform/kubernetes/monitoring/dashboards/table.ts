import * as common from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Column, Table } from './panel.ts';

/**
 * One query a column: `merge` puts what has the same labels into one row, `organize` gives names and order. Grafana
 * calls the value of query B `Value #B`, and the only one `Value`.
 */
export function tablePanel(
  { labels, columns, sortBy }: Table,
  datasource: { readonly type: string; readonly uid: string },
): PanelBuilder {
  const value = (index: number): string => (columns.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const names = [
    ...Object.entries(labels),
    ...columns.map(({ title }, index) => [value(index), title] as const),
  ];
  const builder = new PanelBuilder()
    .unit('short')
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        renameByName: Object.fromEntries(names),
        indexByName: Object.fromEntries(names.map(([name], index) => [name, index])),
      },
    });
  columns.forEach((column, index) => {
    builder.withTarget(
      new DataqueryBuilder()
        .refId(refId(index))
        .datasource(datasource)
        .expr(column.expr)
        .format(PromQueryFormat.Table)
        .instant(),
    );
    builder.overrideByName(column.title, looks(column));
  });
  if (sortBy !== undefined) {
    builder.sortBy([new common.TableSortByFieldStateBuilder().displayName(sortBy).desc(true)]);
  }
  return builder;
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

function looks({ unit, bar }: Column): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    { id: 'decimals', value: unit === 'percentunit' ? 0 : undefined },
    ...(bar === undefined
      ? []
      : [
          { id: 'max', value: bar },
          { id: 'min', value: 0 },
          { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } },
          { id: 'color', value: { mode: 'continuous-GrYlRd' } },
        ]),
  ].filter(({ value }) => value !== undefined);
}
