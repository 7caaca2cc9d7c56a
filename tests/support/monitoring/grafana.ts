import { dashboards } from '../../../src/platform/kubernetes/monitoring/dashboards/index.ts';

/** What the tests read of a dashboard's file: as Grafana does, and from the text that it would get. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly datasource?: { readonly uid: string };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly Target[];
  /** The shortest step. */
  readonly interval?: string;
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly max?: number;
      readonly custom?: { readonly drawStyle?: string; readonly stacking?: { readonly mode: string } };
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
      readonly mappings?: readonly {
        readonly options: Readonly<Record<string, { readonly text: string }>>;
      }[];
    };
    readonly overrides: readonly Override[];
  };
  readonly transformations?: readonly { readonly id: string; readonly options: Organize }[];
  readonly options: { readonly sortBy?: readonly { readonly displayName: string; readonly desc: boolean }[] };
}

export interface Override {
  readonly matcher: { readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

interface Organize {
  readonly renameByName?: Readonly<Record<string, string>>;
  readonly indexByName?: Readonly<Record<string, number>>;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly datasource?: { readonly uid: string };
}

/** Prices of the flavours that the lesson's nodes have. */
export const prices = { currency: 'GBP', nodeHour: { 'l3.small': 0.12, 'l3.gpu': 0.4 }, gpuHour: 1.1 };

export function readDashboards(): readonly (readonly [name: string, Dashboard])[] {
  return dashboards(prices).map(({ name, json }) => [name, JSON.parse(json) as Dashboard]);
}

/** Panels with queries: all but the headings of rows. */
export function queryPanels({ panels }: Dashboard): readonly Panel[] {
  return panels.filter(({ type }) => type !== 'row');
}

/** A query as Grafana asks it of Prometheus, with everything chosen. */
export function substitute(query: string, range = '3h'): string {
  const values: Readonly<Record<string, string>> = {
    environment: 'jupyterhub',
    node: '.*',
    profile: '.*',
    user: '.*',
    __range: range,
    __rate_interval: '6m',
  };
  // `$1` of label_replace is no variable.
  return query.replaceAll(/\$([a-z_]+)/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Grafana has no variable ${whole}`);
    return value;
  });
}
