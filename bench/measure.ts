import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Seconds of several runs. */
export interface Figure {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? middle;
  return { minimum: sorted[0] ?? 0, median: (middle + lower) / 2, maximum: sorted.at(-1) ?? 0 };
}

/** Seconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

interface Command {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end. @throws Error with its output when it fails. */
export async function command(
  program: string,
  args: readonly string[],
  { cwd, env }: Command = {},
): Promise<string> {
  const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

export interface Pair {
  readonly ours: Figure;
  readonly rival: Figure;
  /** Ours by the rival's, run by run. */
  readonly ratio: Figure;
}

/** Both in turn, A B A B …, so that a machine that slows down slows both. */
export async function sideBySide(
  runs: number,
  ours: () => Promise<number>,
  rival: () => Promise<number>,
): Promise<Pair> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let index = 0; index < runs; index++) {
    a.push(await ours());
    b.push(await rival());
  }
  return {
    ours: figureOf(a),
    rival: figureOf(b),
    ratio: figureOf(a.map((value, index) => value / (b[index] ?? 1))),
  };
}

/** A row of a benchmark's table. */
export interface Row {
  readonly what: string;
  readonly rival: string;
  readonly pair: Pair;
  readonly goal: string;
}
