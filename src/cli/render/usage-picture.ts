import type { Usage } from '../../operate/usage/usage.ts';
import { type Subject, colour, margin, shortened, svg, text } from './svg.ts';
import { type Measure, measuresOf, periodText } from './usage.ts';

/** Rows that are drawn; the file beside the picture has all. */
const mostRows = 40;

const nameWidth = 190;
const columnWidth = 200;
const longestBar = 120;
const rowHeight = 22;
/** Where the first row begins: below title and headings. */
const top = 96;

/** A bar for each row and measure, as an SVG that needs nothing else. */
export function usagePicture(usage: Usage, { deployment, environment }: Subject): string {
  const measures = measuresOf(usage);
  const rows = usage.rows.slice(0, mostRows);
  const width = 2 * margin + nameWidth + measures.length * columnWidth;
  const height = top + rows.length * rowHeight + margin + (rows.length < usage.rows.length ? rowHeight : 0);
  const title = `${deployment}, ${environment}: usage by ${usage.by}`;
  return svg({ width, height, title, about: periodText(usage) }, [
    ...measures.map((measure, index) => heading(measure, columnAt(index))),
    `<line x1="${margin}" y1="${top - 8}" x2="${width - margin}" y2="${top - 8}" stroke="${colour.line}"/>`,
    ...rows.map((row, index) => line(usage, row, { measures, y: top + index * rowHeight })),
    remark(usage, height),
  ]);
}

function columnAt(index: number): number {
  return margin + nameWidth + index * columnWidth;
}

function heading({ title }: Measure, x: number): string {
  return text(x, top - 16, title, { weight: 600 });
}

interface Line {
  readonly measures: readonly Measure[];
  readonly y: number;
}

function line({ rows }: Usage, row: Usage['rows'][number], { measures, y }: Line): string {
  const bars = measures.map(({ key, digits }, index) => {
    const most = Math.max(...rows.map((one) => one[key]));
    const length = most === 0 ? 0 : (row[key] / most) * longestBar;
    const x = columnAt(index);
    const bar = `<rect x="${x}" y="${y + 3}" width="${length.toFixed(1)}" height="12" rx="2" fill="${colour.bar}"/>`;
    return `${bar}${text(x + length + 6, y + 13, row[key].toFixed(digits))}`;
  });
  return `${text(margin, y + 13, shortened(row.name))}${bars.join('')}`;
}

function remark({ rows }: Usage, height: number): string {
  if (rows.length <= mostRows) return '';
  const more = `and ${rows.length - mostRows} more, who used less`;
  return `${text(margin, height - margin, more, { fill: colour.faint })}\n`;
}
