import type { HubApi } from '../ports.ts';

/** What has happened at the hub since it started. */
export interface HubActivity {
  /** undefined: this hub does not count them. */
  readonly logIns?: { readonly succeeded: number; readonly failed: number };
  readonly starts: {
    readonly succeeded: number;
    readonly failed: number;
    /** Seconds within which half of the successful ones were done; undefined without any. */
    readonly p50?: number;
    readonly p95?: number;
  };
}

/** undefined: the hub does not answer, or does not let us see. */
export async function askActivity(hubApi: () => Promise<HubApi>): Promise<HubActivity | undefined> {
  try {
    return hubActivity(await (await hubApi()).metrics());
  } catch {
    return undefined;
  }
}

/** From what the hub tells Prometheus, in its text format. */
export function hubActivity(text: string): HubActivity {
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels, value]) => ({
    name,
    labels: labelsIn(labels ?? ''),
    value: Number(value),
  }));
  const valueOf = (name: string, label: string, is: string): number | undefined =>
    samples.find((sample) => sample.name === name && sample.labels.get(label) === is)?.value;
  const spawns = 'jupyterhub_server_spawn_duration_seconds';
  const buckets = samples
    .filter(({ name, labels }) => name === `${spawns}_bucket` && labels.get('status') === 'success')
    .map(({ labels, value }) => ({ upTo: bound(labels.get('le') ?? ''), count: value }))
    .toSorted((a, b) => a.upTo - b.upTo);
  const succeeded = valueOf('hubwright_logins_total', 'result', 'success');
  const failed = valueOf('hubwright_logins_total', 'result', 'failure') ?? 0;
  const [p50, p95] = [quantile(0.5, buckets), quantile(0.95, buckets)];
  return {
    ...(succeeded === undefined ? {} : { logIns: { succeeded, failed } }),
    starts: {
      succeeded: valueOf(`${spawns}_count`, 'status', 'success') ?? 0,
      failed: valueOf(`${spawns}_count`, 'status', 'failure') ?? 0,
      ...(p50 === undefined || p95 === undefined ? {} : { p50, p95 }),
    },
  };
}

function labelsIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function bound(text: string): number {
  return text === '+Inf' ? Infinity : Number(text);
}

interface Bucket {
  readonly upTo: number;
  /** Of this and all before it. */
  readonly count: number;
}

/** As Prometheus' `histogram_quantile`: evenly spread within a bucket; beyond the last bound, that bound. */
function quantile(share: number, buckets: readonly Bucket[]): number | undefined {
  const wanted = share * (buckets.at(-1)?.count ?? 0);
  const at = buckets.findIndex(({ count }) => count >= wanted);
  const [before, bucket] = [buckets[at - 1], buckets[at]];
  if (wanted === 0 || bucket === undefined) return undefined;
  const from = before?.upTo ?? 0;
  if (bucket.upTo === Infinity) return from;
  const below = before?.count ?? 0;
  return from + ((bucket.upTo - from) * (wanted - below)) / (bucket.count - below);
}
