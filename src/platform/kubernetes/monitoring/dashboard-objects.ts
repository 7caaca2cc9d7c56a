import type { RuntimeFiles } from '../runtime-files.ts';
import type { KubernetesObject } from '../system.ts';

/** The dashboards as Grafana's sidecar finds them, in whatever namespace they are. */
export function dashboardObjects(
  { dashboards }: RuntimeFiles,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): KubernetesObject[] {
  return Object.keys(dashboards)
    .toSorted()
    .map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `hubwright-dashboard-${name}`,
        namespace,
        labels: { ...labels, grafana_dashboard: '1' },
        annotations: { grafana_folder: 'Hubwright' },
      },
      data: { [`hubwright-${name}.json`]: dashboards[name] ?? '' },
    }));
}
