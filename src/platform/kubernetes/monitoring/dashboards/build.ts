import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardSpec, Numbers, Panel, Query, Threshold, TimeSeries } from './panel.ts';
import { tablePanel } from './table.ts';
import { variables } from './variables.ts';

/** Grafana asks for the data source by the variable of this name, so that the dashboards fit any. */
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** The dashboard as Grafana takes it. */
export function build({
  name,
  title,
  description,
  variables: chosen,
  rows,
}: DashboardSpec): dashboard.Dashboard {
  const built = new dashboard.DashboardBuilder(`Hubwright / ${title}`)
    .uid(`hubwright-${name}`)
    .description(description)
    .tags(['hubwright'])
    .readonly()
    .time({ from: 'now-3h', to: 'now' })
    .refresh('1m')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .link(otherDashboards());
  variables(chosen, datasource).forEach((variable) => built.withVariable(variable));
  // Rows have the same id if nobody gives them one.
  let id = 0;
  for (const row of rows) {
    built.withRow(new dashboard.RowBuilder(row.title).id((id += 1)));
    for (const panel of row.panels) built.withPanel(panelOf(panel, (id += 1)));
  }
  return built.build();
}

/** To the others, with the same environment, person and time. */
function otherDashboards(): Builder<dashboard.DashboardLink> {
  return new dashboard.DashboardLinkBuilder('Hubwright')
    .type(dashboard.DashboardLinkType.Dashboards)
    .tags(['hubwright'])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);
}

/** What all kinds of panel have. */
interface PanelBuilder<Self> extends Builder<dashboard.Panel> {
  id(id: number): Self;
  title(title: string): Self;
  description(description: string): Self;
  datasource(reference: typeof datasource): Self;
  span(width: number): Self;
  height(height: number): Self;
}

function panelOf(panel: Panel, id: number): Builder<dashboard.Panel> {
  switch (panel.kind) {
    case 'timeseries':
      return placed(lines(panel), panel, id);
    case 'stat':
      return placed(
        numbers(new stat.PanelBuilder(), panel).graphMode(common.BigValueGraphMode.None),
        panel,
        id,
      );
    case 'bargauge':
      return placed(numbers(new bargauge.PanelBuilder(), panel).min(0), panel, id);
    case 'table':
      return placed(tablePanel(panel, datasource), panel, id);
    default:
      return panel satisfies never;
  }
}

function placed<Self extends PanelBuilder<Self>>(builder: Self, panel: Panel, id: number): Self {
  const { title, description, width, height = 8 } = panel;
  return builder
    .id(id)
    .title(title)
    .description(description)
    .datasource(datasource)
    .span(width)
    .height(height);
}

function lines({ queries, unit, draw, max, colors = {} }: TimeSeries): timeseries.PanelBuilder {
  const builder = new timeseries.PanelBuilder()
    .unit(unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(draw === undefined ? 0 : 40)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (max !== undefined) builder.max(max);
  // No narrower than what is worth counting: `$__rate_interval` follows it.
  if (draw === 'bars') builder.drawStyle(common.GraphDrawStyle.Bars).interval('5m').decimals(0);
  if (draw !== undefined)
    builder.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  for (const [name, fixedColor] of Object.entries(colors)) {
    builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
  queries.forEach((query, index) => builder.withTarget(target(query, index)));
  return builder;
}

interface NumbersBuilder<Self> extends PanelBuilder<Self> {
  unit(unit: string): Self;
  thresholds(thresholds: Builder<dashboard.ThresholdsConfig>): Self;
  mappings(mappings: dashboard.ValueMapping[]): Self;
  reduceOptions(options: Builder<common.ReduceDataOptions>): Self;
  orientation(orientation: common.VizOrientation): Self;
  withTarget(target: Builder<prometheus.Dataquery>): Self;
}

function numbers<Self extends NumbersBuilder<Self>>(builder: Self, panel: Numbers): Self {
  const { queries, unit, thresholds = [{ from: 0, color: 'green' }], mappings = {} } = panel;
  builder
    .unit(unit)
    .orientation(panel.kind === 'bargauge' ? common.VizOrientation.Horizontal : common.VizOrientation.Auto)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(
      new dashboard.ThresholdsConfigBuilder()
        .mode(dashboard.ThresholdsMode.Absolute)
        .steps(steps(thresholds)),
    );
  const options = Object.entries(mappings).map(([value, text]) => [value, { text }] as const);
  if (options.length > 0) {
    builder.mappings([{ type: dashboard.MappingType.ValueToText, options: Object.fromEntries(options) }]);
  }
  queries.forEach((query, index) => builder.withTarget(target(query, index).instant()));
  return builder;
}

/** The first holds for everything below the second. */
function steps(thresholds: readonly Threshold[]): dashboard.Threshold[] {
  return thresholds.map(({ from, color }, index) => ({ value: index === 0 ? null : from, color }));
}

function target({ expr, legend }: Query, index: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(datasource)
    .expr(expr)
    .legendFormat(legend);
}
