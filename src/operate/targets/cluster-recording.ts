import type { Environment } from '../../config/schema/environment.ts';
import type { Seen } from '../../plan/doctor/check.ts';
import { type RecordingSeen, nodeExporter } from '../../plan/kubernetes/recording.ts';
import { monitoringOf } from '../../platform/kubernetes/monitoring/names.ts';
import type { ClusterHost } from './cluster-host.ts';
import { openPrometheus } from './cluster-prometheus.ts';

/** Asks Prometheus whom it asks, with one question. */
export async function recordingSource(
  environment: Environment,
  host: Pick<ClusterHost, 'serviceAddress' | 'live' | 'prometheus'>,
): Promise<Seen<RecordingSeen>> {
  if (monitoringOf(environment) === undefined) {
    return {
      notSeen: `Nothing is recorded of ${environment.name}: its \`monitoring\` is off.`,
      failed: false,
    };
  }
  const { api, namespace } = await openPrometheus(environment, host);
  const found = await api.query(`up{namespace=${JSON.stringify(namespace)}} or up{job="${nodeExporter}"}`);
  return {
    seen: {
      targets: found.map(({ labels, value }) => ({
        job: labels['job'] ?? '',
        instance: labels['instance'] ?? '',
        answers: value === 1,
      })),
    },
  };
}
