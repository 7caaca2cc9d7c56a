import type { Environment } from '../../config/schema/environment.ts';
import type { PrometheusApi, Sample } from '../../ports.ts';
import type { Period } from './moment.ts';
import { over, peopleOf } from './questions.ts';

export type Prices = NonNullable<Exclude<Environment['monitoring'], 'off' | false>['prices']>;

/** What was used, in hours: of servers that ran, of cores that were busy, of GiB in use, of GPUs that were held. */
export interface Amounts {
  readonly serverHours: number;
  readonly cpuHours: number;
  readonly memoryGibHours: number;
  readonly gpuHours: number;
  /** In the currency of the file's prices; 0 without any. */
  readonly cost: number;
}

export const nothing: Amounts = { serverHours: 0, cpuHours: 0, memoryGibHours: 0, gpuHours: 0, cost: 0 };

export function sum(a: Amounts, b: Amounts): Amounts {
  return {
    serverHours: a.serverHours + b.serverHours,
    cpuHours: a.cpuHours + b.cpuHours,
    memoryGibHours: a.memoryGibHours + b.memoryGibHours,
    gpuHours: a.gpuHours + b.gpuHours,
    cost: a.cost + b.cost,
  };
}

interface Asked extends Period {
  readonly namespace: string;
  /** By which label of a server's series. */
  readonly label: 'user' | 'profile';
  readonly prices: Prices | undefined;
}

interface Found {
  readonly amounts: ReadonlyMap<string, Amounts>;
  /** Flavours of the nodes that servers ran on. */
  readonly flavors: readonly string[];
}

/** Asked of the recording rules, which are the same on this machine and on a cluster: one sample for each minute. */
export async function amountsOf(api: PrometheusApi, asked: Asked): Promise<Found> {
  const { label, prices } = asked;
  const hours = (metric: string, labels: string = label): Promise<readonly Sample[]> => {
    const series = `hubwright:server:${metric}${peopleOf(asked.namespace)}`;
    return over(api, asked, (range) => `sum by (${labels}) (sum_over_time(${series}[${range}:1m])) / 60`);
  };
  const [server, cpu, memory, gpu, shares] = await Promise.all([
    hours('info'),
    hours('cpu_cores'),
    hours('memory_bytes'),
    hours('gpus'),
    prices === undefined ? [] : hours('node_share', `${label}, flavor`),
  ]);
  const all = new Map<string, Amounts>();
  const add = (samples: readonly Sample[], amount: (sample: Sample) => Partial<Amounts>): void => {
    for (const sample of samples) {
      const name = sample.labels[label] ?? '';
      all.set(name, sum(all.get(name) ?? nothing, { ...nothing, ...amount(sample) }));
    }
  };
  add(server, ({ value }) => ({ serverHours: value }));
  add(cpu, ({ value }) => ({ cpuHours: value }));
  add(memory, ({ value }) => ({ memoryGibHours: value / 1024 ** 3 }));
  add(gpu, ({ value }) => ({ gpuHours: value, cost: value * (prices?.gpuHour ?? 0) }));
  add(shares, ({ value, labels }) => ({ cost: value * (prices?.nodeHour[labels['flavor'] ?? ''] ?? 0) }));
  return { amounts: all, flavors: shares.map(({ labels }) => labels['flavor'] ?? '') };
}
