import type { Amounts } from '../../operate/usage/amounts.ts';
import { momentText } from '../../operate/usage/moment.ts';
import type { Usage } from '../../operate/usage/usage.ts';
import type { Io } from '../io.ts';
import { csv } from './csv.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { widthOf, wrap } from './wrap.ts';

/** One of the things that are counted, as table, file and picture name it. */
export interface Measure {
  readonly key: keyof Amounts;
  readonly title: string;
  /** Its column in the CSV file. */
  readonly column: string;
  readonly digits: number;
}

/** Those that say something: GPUs where some were held, cost where there are prices. */
export function measuresOf({ total, currency }: Usage): Measure[] {
  return [
    { key: 'serverHours', title: 'Server hours', column: 'server_hours', digits: 1 },
    { key: 'cpuHours', title: 'CPU hours', column: 'cpu_hours', digits: 1 },
    { key: 'memoryGibHours', title: 'Memory GiB-hours', column: 'memory_gib_hours', digits: 1 },
    ...(total.gpuHours > 0
      ? [{ key: 'gpuHours' as const, title: 'GPU hours', column: 'gpu_hours', digits: 1 }]
      : []),
    ...(currency === undefined
      ? []
      : [{ key: 'cost' as const, title: `Cost in ${currency}`, column: `cost_${currency}`, digits: 2 }]),
  ];
}

export function periodText({ from, to }: Usage): string {
  return `${momentText(from)} to ${momentText(to)}`;
}

export function renderUsage(usage: Usage, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const notes = usage.notes.map((text) => `${wrap(`${colours.dim('·')} ${text}`, width, 2)}\n`).join('');
  const period = `${colours.bold('Usage')} from ${periodText(usage)}\n`;
  return `${period}${usage.rows.length === 0 ? 'No server ran.\n' : usageTable(usage)}${notes}`;
}

function usageTable(usage: Usage): string {
  const measures = measuresOf(usage);
  const numbers = (amounts: Amounts): string[] =>
    measures.map(({ key, digits }) => amounts[key].toFixed(digits));
  const rows = [
    [usage.by, ...measures.map(({ title }) => title)].map((title) => title.toUpperCase()),
    ...usage.rows.map((row) => [row.name, ...numbers(row)]),
    ['total', ...numbers(usage.total)],
  ];
  return table(rows, 1);
}

/** All digits that mean something, and no total: a spreadsheet adds up by itself. */
export function usageCsv(usage: Usage): string {
  const measures = measuresOf(usage);
  return csv([
    [usage.by, ...measures.map(({ column }) => column)],
    ...usage.rows.map((row) => [row.name, ...measures.map(({ key }) => row[key].toFixed(4))]),
  ]);
}
