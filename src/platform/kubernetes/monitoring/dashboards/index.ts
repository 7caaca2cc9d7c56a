import { build } from './build.ts';
import { capacity } from './capacity.ts';
import { cost } from './cost.ts';
import type { Prices } from './cost.ts';
import { hub } from './hub.ts';
import type { DashboardSpec } from './panel.ts';
import { people } from './people.ts';
import { storage } from './storage.ts';

export type { Prices } from './cost.ts';

export interface DashboardFile {
  readonly name: string;
  readonly title: string;
  readonly json: string;
}

/** No price, no costs: hours are shown all the same. */
const noPrices: Prices = { currency: 'GBP', nodeHour: {} };

export function dashboardSpecs(prices: Prices = noPrices): readonly DashboardSpec[] {
  return [hub, capacity, people, storage, cost(prices)];
}

/**
 * The dashboards as Grafana takes them, the same for every environment of a cluster: which one is looked at is chosen
 * above them.
 *
 * Loading this takes a tenth of a second, for the SDK: only what makes dashboards should.
 */
export function dashboards(prices?: Prices): readonly DashboardFile[] {
  return dashboardSpecs(prices).map((spec) => ({
    name: spec.name,
    title: spec.title,
    json: `${JSON.stringify(build(spec), null, 2)}\n`,
  }));
}
