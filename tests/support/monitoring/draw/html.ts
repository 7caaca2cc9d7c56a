import type { Override } from '../grafana.ts';

/** Grafana's own colours, in its order. */
export const palette = [
  '#7eb26d',
  '#eab839',
  '#6ed0e0',
  '#ef843c',
  '#e24d42',
  '#1f78c1',
  '#ba43a9',
  '#705da0',
  '#508642',
  '#cca300',
  '#447ebc',
  '#c15c17',
  '#890f02',
  '#0a437c',
  '#6d1f62',
  '#584477',
  '#b7dbab',
  '#f4d598',
  '#70dbed',
  '#f9ba8f',
];

export const stateColors: Readonly<Record<string, string>> = {
  green: '#37872d',
  orange: '#e0752d',
  red: '#c4162a',
  gray: '#b5b9bf',
};

/** That of a line: what the panel says of its name, or the next of the palette. */
export function colorOf(name: string, index: number, overrides: readonly Override[]): string {
  const properties = overrides.find(({ matcher }) => matcher.options === name)?.properties ?? [];
  const fixed = properties.find(({ id }) => id === 'color')?.value as { fixedColor: string } | undefined;
  return stateColors[fixed?.fixedColor ?? ''] ?? (palette[index % palette.length] as string);
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** `{{user}} on {{node}}` of a series. */
export function lineName(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '').trim();
}
