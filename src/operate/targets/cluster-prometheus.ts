import type { Environment } from '../../config/schema/environment.ts';
import { monitoringOf, stackNames } from '../../platform/kubernetes/monitoring/names.ts';
import type { PrometheusConnection } from '../target.ts';
import type { ClusterHost, ServicePort } from './cluster-host.ts';
import { notRecorded } from './not-recorded.ts';

type Cluster = Pick<ClusterHost, 'serviceAddress' | 'live' | 'prometheus'>;

/** The Prometheus of the stack, or the one that the file names. */
export async function openPrometheus(environment: Environment, host: Cluster): Promise<PrometheusConnection> {
  const settings = monitoringOf(environment);
  if (settings === undefined) throw notRecorded(environment.name);
  const { existingPrometheus: existing } = settings;
  const stack = { namespace: settings.namespace, name: stackNames.prometheus, port: 9090 };
  const address =
    existing === undefined ? await host.serviceAddress(stack) : await addressOf(new URL(existing), host);
  return { api: host.prometheus(address), namespace: environment.kubernetes?.namespace ?? '' };
}

/** A name such as `prometheus.monitoring` is one of the cluster's, if it has such a Service; others are asked as they are. */
async function addressOf(url: URL, host: Cluster): Promise<string> {
  const service = inCluster(url);
  if (service === undefined) return url.href;
  const { namespace, name } = service;
  const found = await host.live([{ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name } }]);
  if (found.length === 0) return url.href;
  return new URL(url.pathname, await host.serviceAddress(service)).href;
}

function inCluster({ hostname, port }: URL): ServicePort | undefined {
  const [, name, namespace] =
    /^([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?$/.exec(hostname) ?? [];
  return name === undefined || namespace === undefined
    ? undefined
    : { namespace, name, port: Number(port || '80') };
}
