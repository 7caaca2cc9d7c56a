import type { Panel } from '../grafana.ts';
import type { Answer } from '../prometheus.ts';
import { colorOf, escaped, lineName } from './html.ts';
import { format } from './units.ts';

interface Line {
  readonly name: string;
  readonly color: string;
  readonly values: ReadonlyMap<number, number>;
}

export interface Time {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Room for the axes, in pixels. */
const margin = { left: 62, right: 16, top: 8, bottom: 20 };
const legendHeight = 36;

/** A panel of lines, areas or bars as SVG, with its legend. */
export function drawLines(
  panel: Panel,
  answers: readonly (readonly Answer[])[],
  time: Time,
  size: { width: number; height: number },
): string {
  const legends = panel.targets ?? [];
  const lines = answers
    .flatMap((some, index) =>
      some.map(({ metric, values }) => ({
        name: lineName(legends[index]?.legendFormat ?? '', metric),
        values: new Map(values),
      })),
    )
    .map((line, index) => ({ ...line, color: colorOf(line.name, index, panel.fieldConfig.overrides) }));
  const { unit, max, custom } = panel.fieldConfig.defaults;
  const stacked = custom?.stacking?.mode === 'normal';
  const shapes = stacked ? stack(lines) : lines.map((line) => ({ ...line, base: undefined }));
  const top =
    max ??
    nice(Math.max(...shapes.flatMap(({ values }) => [...values.values()].filter(Number.isFinite)), 0), unit);
  const plot = new Plot(time, top, { width: size.width, height: size.height - legendHeight });
  const drawn = shapes.map((shape) =>
    custom?.drawStyle === 'bars' ? plot.bars(shape) : plot.line(shape, stacked),
  );
  return `<svg width="${size.width}" height="${size.height - legendHeight}">${plot.axes(unit)}${drawn.toReversed().join('')}</svg>${legend(lines)}`;
}

interface Shape extends Line {
  /** What it stands on, where it is stacked. */
  readonly base: ReadonlyMap<number, number> | undefined;
}

function stack(lines: readonly Line[]): readonly Shape[] {
  let below = new Map<number, number>();
  return lines.map((line) => {
    const base = below;
    const values = [...line.values].map(([time, value]) => [time, value + (base.get(time) ?? 0)] as const);
    below = new Map([...base, ...values]);
    return { ...line, base, values: new Map(values) };
  });
}

class Plot {
  readonly #time: Time;
  readonly #top: number;
  readonly #size: { readonly width: number; readonly height: number };

  constructor(time: Time, top: number, size: { readonly width: number; readonly height: number }) {
    this.#time = time;
    this.#top = top;
    this.#size = size;
  }

  axes(unit: string | undefined): string {
    const { width, height } = this.#size;
    const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => part * this.#top);
    const across = levels.map((level) => {
      const y = this.#y(level);
      return `<path d="M${margin.left} ${y}H${width - margin.right}" stroke="#e4e7eb"/><text x="${margin.left - 5}" y="${y + 3.5}" text-anchor="end">${escaped(format(level, unit))}</text>`;
    });
    const hours: string[] = [];
    for (let time = this.#time.start; time <= this.#time.end; time += 1800) {
      const x = this.#x(time);
      const label = new Date(time * 1000).toISOString().slice(11, 16);
      hours.push(
        `<path d="M${x} ${margin.top}V${height - margin.bottom}" stroke="#f0f2f5"/><text x="${x}" y="${height - 6}" text-anchor="middle">${label}</text>`,
      );
    }
    return [...hours, ...across].join('');
  }

  line({ values, base, color: stroke }: Shape, filled: boolean): string {
    const parts = runs(values, this.#time.step).map((run) => {
      const points = run.map(([time, value]) => `${this.#x(time)} ${this.#y(value)}`);
      const under = run.toReversed().map(([time]) => `${this.#x(time)} ${this.#y(base?.get(time) ?? 0)}`);
      const area = `<path d="M${[...points, ...under].join('L')}Z" fill="${stroke}" fill-opacity="0.45"/>`;
      return `${filled ? area : ''}<path d="M${points.join('L')}" fill="none" stroke="${stroke}" stroke-width="1.3"/>`;
    });
    return parts.join('');
  }

  bars({ values, base, color: fill }: Shape): string {
    const width = Math.max(2, (this.#x(this.#time.start + this.#time.step) - margin.left) * 0.8);
    const drawn = [...values].map(([time, value]) => {
      const y = this.#y(value);
      return `<rect x="${this.#x(time) - width / 2}" y="${y}" width="${width}" height="${this.#y(base?.get(time) ?? 0) - y}" fill="${fill}"/>`;
    });
    return drawn.join('');
  }

  #x(time: number): number {
    const { start, end } = this.#time;
    const room = this.#size.width - margin.left - margin.right;
    return round(margin.left + ((time - start) / (end - start)) * room);
  }

  #y(value: number): number {
    const room = this.#size.height - margin.top - margin.bottom;
    return round(margin.top + (1 - Math.min(value / this.#top, 1)) * room);
  }
}

/** Where samples are missing a line is broken. */
function runs(
  values: ReadonlyMap<number, number>,
  step: number,
): readonly (readonly (readonly [number, number])[])[] {
  const found: [number, number][][] = [];
  let before = -Infinity;
  for (const [time, value] of [...values].toSorted(([a], [b]) => a - b)) {
    if (!Number.isFinite(value)) continue;
    if (time - before > step) found.push([]);
    found.at(-1)?.push([time, value]);
    before = time;
  }
  return found;
}

/** A round number above the highest value, a quarter of which is round too. */
function nice(highest: number, unit = 'short'): number {
  if (highest === 0) return 1;
  const factor =
    unit === 'bytes' ? 1024 ** Math.floor(Math.log(highest) / Math.log(1024)) : secondsOf(highest, unit);
  const size = factor * 10 ** Math.floor(Math.log10(highest / factor));
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((step) => step * size >= highest) ?? 10) * size;
}

function secondsOf(highest: number, unit: string): number {
  if (unit !== 's') return 1;
  return [3600, 60].find((size) => highest >= size) ?? 1;
}

function legend(lines: readonly Line[]): string {
  const entries = lines.map(
    ({ name, color: fill }) => `<span><i style="background:${fill}"></i>${escaped(name)}</span>`,
  );
  return `<div class="legend">${entries.join(' ')}</div>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
