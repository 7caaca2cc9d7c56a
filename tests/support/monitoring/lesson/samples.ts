import { catalogue } from '../catalogue.ts';
import { infer } from '../infer.ts';

/** Minutes of which there are samples, one each: those of the lesson and, so that rates are right from its start, some before. */
export const minutes = 190;
export const minutesBefore = 10;

type Labels = Readonly<Record<string, string>>;

/** What a metric was at a minute; undefined: there was no such series. */
export type At = (minute: number) => number | undefined;

/** Made-up series, as a scrape would have left them. */
export class Samples {
  readonly #lines = new Map<string, string[]>();
  readonly #start: number;

  /** @param start seconds since 1970. */
  constructor(start: number) {
    this.#start = start;
  }

  /** A series for the time of the lesson. Its metric and labels have to be ones that an exporter has. */
  add(metric: string, labels: Labels, at: At | number): void {
    const text = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    const series = `${metric}{${text.join(',')}}`;
    const { faults } = infer(series, catalogue);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    const lines = this.#lines.get(metric) ?? [];
    this.#lines.set(metric, lines);
    for (let minute = 0; minute <= minutes; minute += 1) {
      const value = typeof at === 'number' ? at : at(minute);
      if (value !== undefined) lines.push(`${series} ${value} ${this.#start + minute * 60}`);
    }
  }

  /** A histogram of what happened by the minute, in all so far. */
  histogram(
    metric: string,
    labels: Labels,
    bounds: readonly number[],
    seen: (minute: number) => readonly number[],
  ): void {
    const sofar = cumulative(seen);
    const counted =
      (of: (values: readonly number[]) => number): At =>
      (minute) =>
        of(sofar[minute] ?? []);
    for (const bound of [...bounds, Infinity]) {
      const le =
        bound === Infinity
          ? '+Inf'
          : bound.toFixed(Number.isInteger(bound) ? 1 : 3).replace(/(\.\d+?)0+$/, '$1');
      this.add(
        `${metric}_bucket`,
        { ...labels, le },
        counted((values) => values.filter((value) => value <= bound).length),
      );
    }
    this.add(
      `${metric}_count`,
      labels,
      counted((values) => values.length),
    );
    this.add(
      `${metric}_sum`,
      labels,
      counted((values) => values.reduce((sum, value) => sum + value, 0)),
    );
  }

  /** As promtool reads it. */
  openMetrics(): string {
    return `${[...this.#lines.values()].flat().join('\n')}\n# EOF\n`;
  }
}

function cumulative(seen: (minute: number) => readonly number[]): readonly (readonly number[])[] {
  let sofar: readonly number[] = [];
  return Array.from({ length: minutes + 1 }, (_, minute) => {
    sofar = [...sofar, ...seen(minute)];
    return sofar;
  });
}

/** A counter that grows by so much in each minute. */
export function counter(perMinute: (minute: number) => number): At {
  let value = 0;
  const values = Array.from({ length: minutes + 1 }, (_, minute) => {
    value += perMinute(minute);
    return value;
  });
  return (minute) => values[minute];
}

/** Numbers between 0 and 1 that look like chance, and are the same each time. */
export function chance(seed: number): () => number {
  let state = seed * 2_654_435_769;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
