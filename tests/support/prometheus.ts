import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'vitest';
import { prometheusApi } from '../../src/adapters/prometheus.ts';

/** Skips the test where the real one is not installed. */
export function needsPrometheus(context: TestContext): void {
  if (!hasPrometheus()) context.skip('no prometheus (Debian: apt-get install prometheus)');
}

export function hasPrometheus(): boolean {
  return ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).error === undefined);
}

/** Something that had one value each minute. */
export interface Steady {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly from: Date;
  /** Not with it. */
  readonly to: Date;
}

/** Makes it that the Prometheus of that data folder, which does not run yet, has recorded these. */
export function recordBefore(folder: string, series: readonly Steady[]): void {
  const text = join(dirname(folder), 'recorded.txt');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(text, openMetrics(series));
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, folder], { stdio: 'ignore' });
  rmSync(text);
}

function openMetrics(series: readonly Steady[]): string {
  const names = [...new Set(series.map(({ name }) => name))];
  const parts = names.map((name) => {
    const lines = series.filter((one) => one.name === name).flatMap(samples);
    return [`# TYPE ${name} gauge`, ...lines].join('\n');
  });
  return [...parts, '# EOF', ''].join('\n');
}

function samples({ name, labels, value, from, to }: Steady): string[] {
  const inside = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  const lines: string[] = [];
  for (let time = from.getTime(); time < to.getTime(); time += 60_000)
    lines.push(`${name}{${inside.join(',')}} ${value} ${time / 1000}`);
  return lines;
}

/** What a question has as its answer now: a number for each set of labels, which stand as `profile=small,user=ann`. */
export async function answersNow(address: string, question: string): Promise<Record<string, number>> {
  const samplesNow = await prometheusApi(address).query(question, new Date());
  return Object.fromEntries(
    samplesNow.map(({ labels, value }) => [
      Object.entries(labels)
        .map(([label, text]) => `${label}=${text}`)
        .toSorted()
        .join(),
      value,
    ]),
  );
}
