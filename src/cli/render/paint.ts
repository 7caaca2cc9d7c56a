import type { Io } from '../io.ts';

type Paint = (text: string) => string;

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;

/** Colours for that stream: only where a person looks, and not where `NO_COLOR` is set (no-color.org). */
export function paint(io: Io, stream: 'stdout' | 'stderr'): Readonly<Record<keyof typeof codes, Paint>> {
  const on = wantsColour(io, stream);
  const painter =
    (code: number): Paint =>
    (text) =>
      on ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    red: painter(codes.red),
    green: painter(codes.green),
    yellow: painter(codes.yellow),
    cyan: painter(codes.cyan),
    dim: painter(codes.dim),
    bold: painter(codes.bold),
  };
}

export function wantsColour(io: Io, stream: 'stdout' | 'stderr'): boolean {
  return io.terminal[stream] && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}
