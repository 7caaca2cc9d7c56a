import type { Environment } from '../../config/schema/environment.ts';
import type { Values } from '../../config/values.ts';

/** How much the local Prometheus keeps. */
export interface PrometheusSettings {
  /** As Prometheus writes a time: `15d`. */
  readonly retention: string;
  /** As Prometheus writes a size, in powers of 1024: `20GB`. */
  readonly size: string;
}

/** Everything that the local Prometheus is started with. */
export interface PrometheusFile extends PrometheusSettings {
  readonly version: 1;
  readonly port: number;
  /** `prometheus.yml` */
  readonly config: Values;
  /** `rules.yml` */
  readonly rules: Values;
}

/** What the file says of it; undefined where it asks for no monitoring. */
export function prometheusSettings({ monitoring }: Environment): PrometheusSettings | undefined {
  if (typeof monitoring !== 'object') return undefined;
  return { retention: monitoring.retention, size: `${monitoring.storage.replace(/i$/, '')}B` };
}

interface PrometheusFacts {
  /** Name of the environment. */
  readonly environment: string;
  /** Name of this machine: what a node's name is on a cluster. */
  readonly node: string;
  readonly port: number;
  readonly hubPort: number;
  readonly proxyMetricsPort: number;
}

/** Seconds between two questions to each part. */
const interval = '15s';

/** Whom Prometheus asks, and what it makes of the answers. */
export function prometheusFile(settings: PrometheusSettings, facts: PrometheusFacts): PrometheusFile {
  return {
    version: 1,
    ...settings,
    port: facts.port,
    config: {
      global: { scrape_interval: interval, evaluation_interval: interval },
      rule_files: ['rules.yml'],
      scrape_configs: [
        {
          ...job('hub', facts.hubPort, facts),
          metrics_path: '/hub/metrics',
          // Counts from the folder of this file. The token opens the metrics and nothing else.
          authorization: { type: 'Bearer', credentials_file: '../secrets/metrics_token' },
        },
        job('proxy', facts.proxyMetricsPort, facts),
      ],
    },
    rules: { groups: [{ name: 'hubwright-servers', rules: serverRules }] },
  };
}

/** The labels by which a cluster's series are told apart: the environment's `namespace`, the node's name as `instance`. */
function job(name: string, port: number, { environment, node }: PrometheusFacts): Values {
  const labels = { namespace: environment, instance: node };
  return { job_name: name, static_configs: [{ targets: [`127.0.0.1:${port}`], labels }] };
}

/** The names that the series of people's servers have on a cluster, so that `usage` and dashboards ask for one thing. */
const serverRules: readonly Values[] = [
  rule('info', 'hubwright_server_info'),
  rule('memory_bytes', 'hubwright_server_memory_bytes'),
  rule('memory_limit_bytes', 'hubwright_server_memory_limit_bytes'),
  rule('cpu_cores', 'rate(hubwright_server_cpu_seconds_total[2m])'),
];

function rule(name: string, expression: string): Values {
  const named = `label_replace(${expression}, "pod", "$1", "user", "(.*)")`;
  return {
    record: `hubwright:server:${name}`,
    expr: `max by (namespace, pod, node, user, profile) (label_replace(${named}, "node", "$1", "instance", "(.*)"))`,
  };
}
