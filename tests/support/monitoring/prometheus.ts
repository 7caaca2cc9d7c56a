import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingRule } from '../../../src/platform/kubernetes/monitoring/rules.ts';
import { freePorts, Processes } from '../cluster/processes.ts';
import { metricsIn } from './infer.ts';
import { run } from './promtool.ts';

export interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: number])[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A real Prometheus over series of the past, which scrapes nothing. */
export class Prometheus {
  readonly #processes: Processes;
  #url = '';

  private constructor(processes: Processes) {
    this.#processes = processes;
  }

  /** Over these samples, in OpenMetrics text, and over what the rules record of them. */
  static async over(samples: string, rules: readonly RecordingRule[], span: Span): Promise<Prometheus> {
    const prometheus = new Prometheus(await Processes.inTemporaryFolder());
    try {
      await prometheus.#write('samples.txt', samples);
      await prometheus.#promtool('create-blocks-from', 'openmetrics', 'samples.txt', 'data');
      for (const level of levels(rules)) {
        await prometheus.#start();
        await prometheus.#record(level, span);
        await prometheus.#processes.end('prometheus');
      }
      await prometheus.#start();
      return prometheus;
    } catch (error) {
      await prometheus.close();
      throw error;
    }
  }

  /** Each series' value at a time. */
  async at(query: string, time: number): Promise<readonly Answer[]> {
    const found = await this.#ask('query', { query, time: String(time) });
    return found.map(({ metric, value }) => ({ metric, values: [numbers(value as Pair)] }));
  }

  /** Each series' values over a time. */
  async over(query: string, { start, end }: Span, step: number): Promise<readonly Answer[]> {
    const times = { start: String(start), end: String(end), step: String(step) };
    const found = await this.#ask('query_range', { query, ...times });
    return found.map(({ metric, values }) => ({ metric, values: (values as readonly Pair[]).map(numbers) }));
  }

  async close(): Promise<void> {
    await this.#processes.stop();
  }

  async #ask(what: string, parameters: Readonly<Record<string, string>>): Promise<readonly Series[]> {
    const response = await fetch(`${this.#url}/api/v1/${what}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const { status, error, data } = (await response.json()) as Response;
    if (status !== 'success') throw new Error(`${error}: ${parameters['query']}`);
    return data.result;
  }

  async #record(level: readonly RecordingRule[], { start, end }: Span): Promise<void> {
    await this.#write('rules.json', JSON.stringify({ groups: [{ name: 'level', rules: level }] }));
    const times = [`--start=${start}`, `--end=${end}`, '--eval-interval=60s', `--url=${this.#url}`];
    await this.#promtool('create-blocks-from', 'rules', ...times, '--output-dir=data', 'rules.json');
  }

  async #promtool(...args: readonly string[]): Promise<void> {
    const { code, output } = await run(['tsdb', ...args], this.#processes.folder);
    if (code !== 0) throw new Error(output);
  }

  async #write(name: string, text: string): Promise<void> {
    await writeFile(join(this.#processes.folder, name), text);
  }

  async #start(): Promise<void> {
    const [port] = (await freePorts(1)) as [number];
    this.#url = `http://127.0.0.1:${port}`;
    await this.#write('prometheus.yml', '{}');
    await this.#processes.start('prometheus', 'prometheus', [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    await this.#processes.waitFor('prometheus', async () => {
      const { ok, status } = await fetch(`${this.#url}/-/ready`);
      if (!ok) throw new Error(String(status));
    });
  }
}

type Pair = readonly [number, string];

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Pair;
  readonly values?: readonly Pair[];
}

interface Response {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly Series[] };
}

function numbers([time, value]: Pair): readonly [number, number] {
  return [time, Number(value)];
}

/** Rules in an order in which each level needs only those before it: promtool does not see what it records itself. */
function levels(rules: readonly RecordingRule[]): readonly (readonly RecordingRule[])[] {
  const depth = new Map<string, number>();
  for (const { record, expr } of rules) {
    const needed = metricsIn(expr).map((name) => depth.get(name) ?? 0);
    depth.set(record, 1 + Math.max(0, ...needed));
  }
  const byDepth = Map.groupBy(rules, ({ record }) => depth.get(record) ?? 1);
  return [...byDepth.keys()].toSorted((a, b) => a - b).map((level) => byDepth.get(level) ?? []);
}
