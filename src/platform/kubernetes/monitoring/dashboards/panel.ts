/** A query, and what its answers are called: text with `{{label}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface Common {
  readonly title: string;
  /** One or two sentences for somebody who sees it for the first time. */
  readonly description: string;
  /** In Grafana's words: `bytes`, `s`, `percentunit`, `short`. */
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
  readonly height?: number;
}

type Color = 'green' | 'orange' | 'red' | 'gray';

/** From this value on, in this colour. */
export interface Threshold {
  readonly from: number;
  readonly color: Color;
}

/** Lines over time. */
export interface TimeSeries extends Common {
  readonly kind: 'timeseries';
  readonly queries: readonly Query[];
  /** `bars` for what was counted, `stacked` for parts of a whole. */
  readonly draw?: 'bars' | 'stacked';
  readonly max?: number;
  /** Of lines whose name says whether they are good or bad. */
  readonly colors?: Readonly<Record<string, Color>>;
}

/** The newest values, large, or as bars of the same scale. */
export interface Numbers extends Common {
  readonly kind: 'stat' | 'bargauge';
  readonly queries: readonly Query[];
  readonly thresholds?: readonly Threshold[];
  /** What values are called. */
  readonly mappings?: Readonly<Record<string, string>>;
}

export interface Column {
  readonly title: string;
  readonly expr: string;
  readonly unit: string;
  /** Drawn as a bar of this length at most. */
  readonly bar?: number;
}

/** A row for each combination of the labels, a column for each of them and for each query. */
export interface Table extends Omit<Common, 'unit'> {
  readonly kind: 'table';
  /** What the labels are called, in the order of the columns. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** Title of the column by which rows are in order, the largest first. */
  readonly sortBy?: string;
}

export type Panel = TimeSeries | Numbers | Table;

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export type VariableName = 'environment' | 'node' | 'profile' | 'user';

export interface DashboardSpec {
  /** Of its file and its address. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariableName[];
  readonly rows: readonly Row[];
}

/** Matcher of the environment that is looked at. */
export const inEnvironment = 'namespace="$environment"';

/** Matchers of what the rules record of people's servers, by all that can be chosen. */
export const chosenServers = `${inEnvironment}, node=~"$node", profile=~"$profile", user=~"$user"`;

/** Resources that are GPUs, or parts of one. */
export const gpuResources = 'resource=~".*(gpu|mig).*"';

export const noneIsGood: readonly Threshold[] = [
  { from: 0, color: 'green' },
  { from: 1, color: 'orange' },
];

export const fullIsBad: readonly Threshold[] = [
  { from: 0, color: 'green' },
  { from: 0.8, color: 'orange' },
  { from: 0.9, color: 'red' },
];
