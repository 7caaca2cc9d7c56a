import type { Environment } from '../../../config/schema/environment.ts';
import { type Value, type Values, secret } from '../../../config/values.ts';
import { grafanaBehindHub } from '../monitoring/grafana.ts';
import type { RuntimeFiles } from '../runtime-files.ts';
import { chartObject, hubFolder } from './names.ts';
import { type Monitoring, monitoringOf, stackOf } from '../monitoring/names.ts';

/** The service of JupyterHub as which Prometheus asks the hub. It may read metrics, and nothing else. */
export const metricsService = 'hubwright-metrics';

/** Beside 8000 (people) and 8001 (the hub). */
export const proxyMetricsPort = 8002;
const certificateMetricsPort = 8003;

/** Whether the chart runs traefik, for a certificate of Let's Encrypt. */
export function hasAutohttps({ https }: Environment): boolean {
  return typeof https === 'object' && https.letsEncrypt !== undefined;
}

/** Whether the certificate that people are shown is one of their own. */
export function hasOwnCertificate({ https }: Environment): boolean {
  return typeof https === 'object' && https.letsEncrypt === undefined;
}

/** What the hub's chart needs so that Prometheus may ask hub, proxy and autohttps; nothing where nobody asks. */
export function metricsValues(environment: Environment, release: string, files: RuntimeFiles): Values {
  const settings = monitoringOf(environment);
  if (settings === undefined) return {};
  return {
    hub: {
      services: {
        [metricsService]: { display: false, apiToken: secret('metricsToken') },
        ...grafanaService(settings),
      },
      loadRoles: {
        [metricsService]: {
          description: 'Prometheus',
          services: [metricsService],
          scopes: ['read:metrics'],
        },
      },
      networkPolicy: { ingress: fromPrometheus(environment, 'http') },
      ...(hasOwnCertificate(environment) ? ownCertificateMetrics(environment, release, files) : {}),
    },
    proxy: {
      chp: {
        extraCommandLineFlags: [`--metrics-port=${proxyMetricsPort}`],
        networkPolicy: { ingress: fromPrometheus(environment, proxyMetricsPort) },
      },
      ...(hasAutohttps(environment) ? { traefik: certificateMetrics(environment) } : {}),
    },
  };
}

/** The chart lets nobody in from other namespaces. */
function fromPrometheus(environment: Environment, port: string | number): Value[] {
  const namespace = stackOf(environment)?.namespace;
  return [
    {
      ports: [{ port }],
      from: [
        {
          namespaceSelector:
            namespace === undefined ? {} : { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
        },
      ],
    },
  ];
}

/** traefik tells until when its certificates are good. */
function certificateMetrics(environment: Environment): Values {
  return {
    extraStaticConfig: {
      entryPoints: { metrics: { address: `:${certificateMetricsPort}` } },
      metrics: { prometheus: { entryPoint: 'metrics' } },
    },
    extraPorts: [{ name: 'metrics', containerPort: certificateMetricsPort }],
    networkPolicy: { ingress: fromPrometheus(environment, 'metrics') },
  };
}

/** configurable-http-proxy does not tell until when its certificate is good: the hub looks at what it shows. */
function ownCertificateMetrics(environment: Environment, release: string, files: RuntimeFiles): Values {
  const values = (environment.helmValues.jupyterhub ?? {}) as Values;
  const service = chartObject(release, values, 'proxy-public');
  const name = environment.address.domain ?? service;
  return {
    extraFiles: {
      'hubwright_certificate.py': {
        mountPath: `${hubFolder}/hubwright_hub/certificate.py`,
        stringData: files.certificate,
      },
    },
    extraConfig: {
      'hubwright-certificate': `from hubwright_hub.certificate import watch\nwatch(${JSON.stringify(name)}, ${JSON.stringify(service)})\n`,
    },
  };
}

/** Grafana as one of the hub's services: on its address, behind its certificate. */
function grafanaService(settings: Monitoring): Values {
  const url = grafanaBehindHub(settings);
  if (url === undefined) return {};
  return { grafana: { url, display: true, apiToken: secret('grafanaToken') } };
}
