import type { Environment } from '../../../config/schema/environment.ts';
import type { Values } from '../../../config/values.ts';

/** Monitors of what the cluster shares, as the chart takes them: a name beside the spec. */
export function sharedMonitors(environment: Environment): Values[] {
  const { longhorn, profiles } = environment;
  const hasGpus = Object.values(profiles).some(({ gpus }) => gpus !== undefined);
  return [
    ...(typeof longhorn === 'object' ? [longhornMonitor(longhorn.namespace)] : []),
    ...(hasGpus ? [gpuMonitor] : []),
  ];
}

/** Its own chart could make one too, but not before the kind is there. */
function longhornMonitor(namespace: string): Values {
  return {
    name: 'hubwright-longhorn',
    namespaceSelector: { matchNames: [namespace] },
    selector: { matchLabels: { app: 'longhorn-manager' } },
    endpoints: [{ port: 'manager', path: '/metrics' }],
  };
}

/**
 * NVIDIA's exporter where it was installed with its own chart. The one of the GPU operator brings a monitor of its own,
 * and has another label.
 */
const gpuMonitor: Values = {
  name: 'hubwright-gpus',
  namespaceSelector: { any: true },
  selector: { matchLabels: { 'app.kubernetes.io/name': 'dcgm-exporter' } },
  endpoints: [{ port: 'metrics', path: '/metrics' }],
};
