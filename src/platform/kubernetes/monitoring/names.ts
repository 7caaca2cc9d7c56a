import type { Environment } from '../../../config/schema/environment.ts';

export type Monitoring = Exclude<Environment['monitoring'], 'off' | false>;

/** The chart names everything after its release. */
export const stackRelease = 'monitoring';

/** What the chart and its operator call the parts that others have to find. */
export const stackNames = {
  prometheus: `${stackRelease}-kube-prometheus-prometheus`,
  grafana: `${stackRelease}-grafana`,
  /** The Deployment that makes Prometheus and Alertmanager, again and again. */
  operator: `${stackRelease}-kube-prometheus-operator`,
  /** The operator's own: Helm does not know it, and leaves it behind. */
  kubeletService: `${stackRelease}-kube-prometheus-kubelet`,
} as const;

/** Secrets in the namespace of the stack. */
export const stackSecrets = {
  /** Grafana's administrator. The password is made once, by whichever environment comes first. */
  grafana: 'hubwright-grafana',
  /** What Grafana needs to log people in as the hub does. */
  grafanaOidc: 'hubwright-grafana-oidc',
  /** Alertmanager's configuration, with addresses and passwords in files beside it. */
  alertmanager: 'hubwright-alertmanager',
} as const;

/** What the file says about monitoring; undefined where it is off. */
export function monitoringOf({ monitoring }: Environment): Monitoring | undefined {
  return typeof monitoring === 'object' ? monitoring : undefined;
}

/** The same where Hubwright installs the stack; undefined where a team has a Prometheus of its own. */
export function stackOf(environment: Environment): Monitoring | undefined {
  const settings = monitoringOf(environment);
  return settings?.existingPrometheus === undefined ? settings : undefined;
}
