import type { Environment } from '../../../config/schema/environment.ts';
import type { Values } from '../../../config/values.ts';
import { ownLabels } from '../labels.ts';
import type { KubernetesObject, Release, System } from '../system.ts';
import { chartObject } from '../jupyterhub/names.ts';
import { hasAutohttps, metricsService, proxyMetricsPort } from '../jupyterhub/metrics.ts';
import type { RuntimeFiles } from '../runtime-files.ts';
import { alertRules } from './alerts/index.ts';
import { dashboardObjects } from './dashboard-objects.ts';
import { monitoringOf, stackOf } from './names.ts';
import { recordingRules } from './recording/index.ts';
import { prometheusRule } from './rules.ts';

const apiVersion = 'monitoring.coreos.com/v1';

/** What Prometheus has to know of one environment: whom to ask, and which rules to keep. */
export function metrics(environment: Environment, hub: Release, files: RuntimeFiles): System | undefined {
  if (monitoringOf(environment) === undefined) return undefined;
  const labels = ownLabels(environment, 'metrics', 'environment');
  const made = (kind: string, name: string, spec: Values): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace: hub.namespace, labels },
    spec,
  });
  return {
    id: 'metrics',
    title: 'Metrics and alerts',
    scope: 'environment',
    // Its kinds, and the Secret that the hub's chart keeps the token in.
    needs: [...(stackOf(environment) === undefined ? [] : (['monitoring'] as const)), 'jupyterhub'],
    objects: [
      made('ServiceMonitor', 'hubwright-hub', hubMonitor(hub)),
      made('PodMonitor', 'hubwright-proxy', proxyMonitor(hub)),
      ...(hasAutohttps(environment)
        ? [made('PodMonitor', 'hubwright-autohttps', certificateMonitor(hub))]
        : []),
      prometheusRule(environment, [...recordingRules(environment), ...alertRules(environment)]),
      ...(stackOf(environment) === undefined ? dashboardObjects(files, hub.namespace, labels) : []),
    ],
  };
}

/** For a Prometheus that was there before us too: `instance` is the node's name without the stack's own class. */
const nodeName: Values = {
  action: 'replace',
  sourceLabels: ['__meta_kubernetes_pod_node_name'],
  regex: '(.+)',
  targetLabel: 'instance',
};

function hubMonitor({ name, values }: Release): Values {
  return {
    jobLabel: 'component',
    selector: { matchLabels: { component: 'hub', release: name } },
    endpoints: [
      {
        port: 'hub',
        path: '/hub/metrics',
        authorization: {
          type: 'Bearer',
          // Where the chart keeps it: zero-to-jupyterhub, templates/hub/secret.yaml.
          credentials: {
            name: chartObject(name, values, 'hub'),
            key: `hub.services.${metricsService}.apiToken`,
          },
        },
        relabelings: [nodeName],
      },
    ],
  };
}

/** The chart declares no port for it, so the address of another one is changed. */
function proxyMonitor({ name }: Release): Values {
  return {
    jobLabel: 'component',
    selector: { matchLabels: { component: 'proxy', release: name } },
    podMetricsEndpoints: [
      {
        port: 'api',
        path: '/metrics',
        relabelings: [
          {
            action: 'replace',
            sourceLabels: ['__meta_kubernetes_pod_ip'],
            targetLabel: '__address__',
            replacement: `$1:${proxyMetricsPort}`,
          },
          nodeName,
        ],
      },
    ],
  };
}

/** traefik, which tells until when its certificates are good. */
function certificateMonitor({ name }: Release): Values {
  return {
    jobLabel: 'component',
    selector: { matchLabels: { component: 'autohttps', release: name } },
    podMetricsEndpoints: [{ port: 'metrics', path: '/metrics', relabelings: [nodeName] }],
  };
}
