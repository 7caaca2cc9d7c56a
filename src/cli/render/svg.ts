import { escaped } from './markup.ts';

/** Of all pictures. */
export const colour = {
  text: '#1b1f24',
  faint: '#59636e',
  bar: '#0969da',
  line: '#d1d9e0',
  wrong: '#cf222e',
};

interface Look {
  readonly size?: number;
  readonly weight?: number;
  readonly fill?: string;
}

export function text(
  x: number,
  y: number,
  content: string,
  { size, weight, fill = colour.text }: Look = {},
): string {
  const look = `${size === undefined ? '' : ` font-size="${size}"`}${weight === undefined ? '' : ` font-weight="${weight}"`}`;
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${fill}"${look}>${escaped(content)}</text>`;
}

/** As much of a name as fits beside the bars. */
export function shortened(name: string): string {
  return name.length > 28 ? `${name.slice(0, 27)}…` : name;
}

/** Around a picture. */
export const margin = 24;

/** Of what a picture is. */
export interface Subject {
  readonly deployment: string;
  readonly environment: string;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** Below the title. */
  readonly about: string;
}

/** An SVG that needs nothing else, with a title above the parts. */
export function svg({ width, height, title, about }: Frame, parts: readonly string[]): string {
  const head = [
    text(margin, margin + 12, title, { size: 16, weight: 600 }),
    text(margin, margin + 32, about, { fill: colour.faint }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${[...head, ...parts].join('\n')}</svg>
`;
}
