import { promql, quoted } from '../promql.ts';
import type { Column, DashboardSpec, Panel, Query, Row } from './panel.ts';
import { chosenServers, inEnvironment as env } from './panel.ts';

/** `monitoring.prices` of the file. */
export interface Prices {
  readonly currency: string;
  /** Of an hour of a node, by its flavour. */
  readonly nodeHour: Readonly<Record<string, number>>;
  readonly gpuHour?: number | undefined;
}

/** Grafana's own unit would make days and weeks of them. */
const hour = 'suffix: h';

const server = (metric: string): string => `hubwright:server:${metric}{${chosenServers}}`;

/** Hours over the time that is looked at, of what is 1 a minute. As `hubwright usage` counts them. */
function hours(query: string, by: string): string {
  return promql`
    sum by (${by}) (
      sum_over_time(${query}[$__range:1m])
    ) / 60`;
}

const nodes = 'hubwright:node:info{node=~"$node"}';

/** What something costs; undefined where the file has no price for it. */
interface Costs {
  /** Of what people hold, by labels. */
  readonly people: (by: string) => string | undefined;
  /** Of the nodes, by labels of which `flavor` is one. */
  readonly nodes: (by: string) => string | undefined;
  /** Of what people hold now, in an hour, by labels. */
  readonly rate: (by: string) => string | undefined;
}

function costs({ nodeHour, gpuHour }: Prices): Costs {
  const flavors = Object.entries(nodeHour);
  const prices = flavors
    .map(([flavor, price]) => `label_replace(vector(${price}), "flavor", ${quoted(flavor)}, "", "")`)
    .join('\nor ');
  const priced = (by: string, query: string): string | undefined =>
    flavors.length === 0
      ? undefined
      : promql`
        sum by (${by}) (
          ${query}
          * on (flavor) group_left ()
          (
            ${prices}
          )
        )`;
  const withGpus = (of: string | undefined, gpus: string, by: string): string | undefined => {
    if (gpuHour === undefined) return of;
    const paid = `${gpus} * ${gpuHour}`;
    if (of === undefined) return paid;
    // A sum of those that there are: not everybody has a GPU.
    return promql`
      sum by (${by}) (
        label_replace(
          ${of},
          "of", "nodes", "", ""
        )
        or
        label_replace(
          ${paid},
          "of", "gpus", "", ""
        )
      )`;
  };
  return {
    people: (by) =>
      withGpus(priced(by, hours(server('node_share'), `${by}, flavor`)), hours(server('gpus'), by), by),
    nodes: (by) => priced(by, hours(nodes, by)),
    rate: (by) =>
      withGpus(
        priced(by, `sum by (${by}, flavor) (${server('node_share')})`),
        `sum by (${by}) (${server('gpus')})`,
        by,
      ),
  };
}

/** Columns of a table by one label, each of the queries being changed by `per`. */
function columns(
  by: string,
  of: Costs,
  unit: string,
  per = (query: string): string => query,
): readonly Column[] {
  const paid = of.people(by);
  return [
    { title: 'Server hours', unit: hour, expr: per(hours(server('info'), by)) },
    { title: 'Node hours', unit: hour, expr: per(hours(server('node_share'), by)) },
    { title: 'GPU hours', unit: hour, expr: per(hours(server('gpus'), by)) },
    ...(paid === undefined ? [] : [{ title: 'Cost', unit, expr: per(paid) }]),
  ];
}

/** A person is in several groups, and counts in each. */
function ofGroup(query: string): string {
  return promql`
    sum by (group) (
      max by (user, group) (last_over_time(hubwright_user_group_info{${env}}[$__range]))
      * on (user) group_left ()
      (
        ${query}
      )
    )`;
}

const shared =
  'Node hours are shared out by what servers ask for: one with a quarter of the memory of its node takes a quarter of its hours.';

function stat(title: string, description: string, unit: string, queries: readonly Query[]): Panel {
  return { kind: 'stat', title, description, unit, width: 6, height: 4, queries };
}

function totals(of: Costs, unit: string): readonly Panel[] {
  const all = of.nodes('flavor');
  return [
    stat('Server hours', 'Hours of all servers together.', hour, [
      { expr: `sum(sum_over_time(${server('info')}[$__range:1m])) / 60`, legend: 'servers' },
    ]),
    stat('Node hours', `Hours of the cluster's nodes, and what of them servers held. ${shared}`, hour, [
      { expr: `sum(sum_over_time(${nodes}[$__range:1m])) / 60`, legend: 'nodes' },
      { expr: `sum(sum_over_time(${server('node_share')}[$__range:1m])) / 60`, legend: 'held by servers' },
    ]),
    stat('GPU hours', 'Hours of the GPUs that servers held, used or not.', hour, [
      { expr: `sum(sum_over_time(${server('gpus')}[$__range:1m])) / 60 or vector(0)`, legend: 'GPUs' },
    ]),
    ...(all === undefined
      ? []
      : [
          stat('Cost of the nodes', 'Node hours by the prices of the file, GPUs left out.', unit, [
            { expr: `sum(${all})`, legend: 'nodes' },
          ]),
        ]),
  ];
}

function table(
  title: string,
  width: number,
  labels: Readonly<Record<string, string>>,
  all: readonly Column[],
): Panel {
  return {
    kind: 'table',
    title,
    description: `Over the time that is looked at. ${shared}`,
    width,
    labels,
    columns: all,
    sortBy: all.at(-1)?.title ?? '',
  };
}

function rows(prices: Prices): readonly Row[] {
  const of = costs(prices);
  const unit = `currency:${prices.currency}`;
  const nodeCost = of.nodes('node_group, flavor');
  const perHour = of.rate('profile');
  return [
    { title: 'In all', panels: totals(of, unit) },
    {
      title: 'By person, profile and group',
      panels: [
        table('By person', 8, { user: 'Person' }, columns('user', of, unit)),
        table('By profile', 8, { profile: 'Profile' }, columns('profile', of, unit)),
        table('By group', 8, { group: 'Group' }, columns('user', of, unit, ofGroup)),
      ],
    },
    {
      title: 'By node',
      panels: [
        table('By node group and flavour', 12, { node_group: 'Group', flavor: 'Flavour' }, [
          { title: 'Node hours', unit: hour, expr: hours(nodes, 'node_group, flavor') },
          ...(nodeCost === undefined ? [] : [{ title: 'Cost', unit, expr: nodeCost }]),
        ]),
        table('By node', 12, { node: 'Node', flavor: 'Flavour' }, [
          { title: 'Node hours', unit: hour, expr: hours(nodes, 'node, flavor') },
          { title: 'Held by servers', unit: hour, expr: hours(server('node_share'), 'node, flavor') },
        ]),
        {
          kind: 'timeseries',
          title: 'Nodes that servers hold, by profile',
          description: shared,
          unit: 'short',
          width: 12,
          draw: 'stacked',
          queries: [{ expr: `sum by (profile) (${server('node_share')})`, legend: '{{profile}}' }],
        },
        ...(perHour === undefined
          ? []
          : [
              {
                kind: 'timeseries',
                title: 'Cost in an hour, by profile',
                description: 'What the servers that run cost in an hour, by the prices of the file.',
                unit,
                width: 12,
                draw: 'stacked',
                queries: [{ expr: perHour, legend: '{{profile}}' }],
              } as const,
            ]),
      ],
    },
  ];
}

export function cost(prices: Prices): DashboardSpec {
  return {
    name: 'cost',
    title: 'Cost',
    description:
      'Node hours and GPU hours by person, profile and group, and what they cost where the file has prices.',
    variables: ['environment', 'node', 'profile', 'user'],
    rows: rows(prices),
  };
}
