import type { Series } from '../../support/monitoring/series.ts';

/** What somebody would be told, and after how long of which series; without `tells`, nothing. */
export interface AlertCase {
  readonly alert: string;
  readonly when: string;
  readonly series: readonly Series[];
  readonly at: string;
  readonly tells?: readonly Told[];
}

export interface Told {
  /** Without those that are the same for every alert of its kind. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly command: string;
}
