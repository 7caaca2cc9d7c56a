import type { Environment } from '../../../config/schema/environment.ts';
import { mergeValues } from '../merge-values.ts';
import { ownLabels } from '../labels.ts';
import type { RuntimeFiles } from '../runtime-files.ts';
import type { KubernetesObject, System } from '../system.ts';
import { alertmanagerSecret } from './alertmanager.ts';
import { dashboardObjects } from './dashboard-objects.ts';
import { grafanaSecrets } from './grafana.ts';
import { stackOf, stackRelease } from './names.ts';
import { stackValues } from './values.ts';

/** Prometheus, Alertmanager and Grafana: one stack for all environments of a cluster. */
export function monitoring(environment: Environment, files: RuntimeFiles): System | undefined {
  const settings = stackOf(environment);
  if (settings === undefined) return undefined;
  const { namespace } = settings;
  const labels = ownLabels(environment, 'monitoring', 'cluster');
  // The node exporter looks at the node itself; a cluster may refuse that unless the namespace says so.
  const admission = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const secrets = [alertmanagerSecret(environment, settings), ...grafanaSecrets(environment)];
  return {
    id: 'monitoring',
    title: 'Monitoring',
    scope: 'cluster',
    // Its volume.
    needs: typeof environment.longhorn === 'object' ? ['longhorn'] : [],
    release: {
      name: stackRelease,
      namespace,
      chart: 'monitoring',
      values: mergeValues(stackValues(environment, settings), environment.helmValues.monitoring),
    },
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { ...labels, ...admission } },
      },
      ...secrets.map(({ name, stringData }): KubernetesObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace, labels },
        type: 'Opaque',
        stringData,
      })),
      ...dashboardObjects(files, namespace, labels),
    ],
  };
}
