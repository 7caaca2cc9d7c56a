import type { Environment } from '../../../config/schema/environment.ts';
import { storageBytes } from '../../../config/units.ts';
import type { Values } from '../../../config/values.ts';
import { profileLabel } from '../labels.ts';
import { placeholderLabel } from '../placeholders.ts';
import { grafanaValues } from './grafana.ts';
import { type Monitoring, stackSecrets } from './names.ts';
import { sharedMonitors } from './shared-monitors.ts';

/** kube-prometheus-stack. */
export function stackValues(environment: Environment, settings: Monitoring): Values {
  return {
    ...withoutHooks,
    ...unreachable,
    defaultRules: { disabled: Object.fromEntries(noise.map((alert) => [alert, true])) },
    prometheus: prometheus(environment, settings),
    alertmanager: {
      alertmanagerSpec: { useExistingSecret: true, configSecret: stackSecrets.alertmanager },
    },
    grafana: grafanaValues(environment, settings),
    'kube-state-metrics': stateMetrics,
    'prometheus-node-exporter': {
      // The first two are the chart's own, which a list replaces; the third counts what NFS mounts do.
      extraArgs: [
        String.raw`--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|var/lib/docker/.+|var/lib/kubelet/.+)($|/)`,
        '--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$',
        '--collector.mountstats',
      ],
    },
    // Every 10 s in the chart: with two hundred servers most of what Prometheus would do.
    kubelet: { serviceMonitor: { cAdvisorInterval: '30s' } },
  };
}

/**
 * The chart's hooks pull an image of their own and make a certificate for a webhook that refuses wrong rules. Ours are
 * tested; without hooks what `render` writes is all that there is.
 */
const withoutHooks: Values = {
  prometheusOperator: { admissionWebhooks: { enabled: false }, tls: { enabled: false } },
};

/** Cluster API binds these to the control plane's loopback: their alerts would fire for ever. */
const unreachable: Values = {
  kubeControllerManager: { enabled: false },
  kubeEtcd: { enabled: false },
  kubeProxy: { enabled: false },
  kubeScheduler: { enabled: false },
};

/** Alerts of the chart that are everyday life where people start and stop servers; ours say what matters of it. */
const noise = [
  'CPUThrottlingHigh',
  'KubeContainerWaiting',
  'KubeCPUOvercommit',
  'KubeMemoryOvercommit',
  'KubePersistentVolumeFillingUp',
  'KubePersistentVolumeInodesFillingUp',
  'KubePodCrashLooping',
  'KubePodNotReady',
  'KubeQuotaAlmostFull',
  'KubeQuotaFullyUsed',
];

function prometheus(environment: Environment, { retention, storage, replicas }: Monitoring): Values {
  const { homes, longhorn } = environment;
  // Where Longhorn is off and nothing is written, the cluster's default class.
  const storageClassName = typeof longhorn === 'object' ? homes.storageClass : undefined;
  return {
    additionalServiceMonitors: sharedMonitors(environment),
    prometheusSpec: {
      replicas,
      retention,
      // Below the volume's size: a full one stops Prometheus.
      retentionSize: `${Math.floor((storageBytes(storage) * 0.85) / 1024 ** 2)}MiB`,
      storageSpec: {
        volumeClaimTemplate: {
          spec: {
            ...(storageClassName === undefined ? {} : { storageClassName }),
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage } },
          },
        },
      },
      // What is taken down leaves no volume.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      // Those of every namespace, whoever made them.
      ruleSelectorNilUsesHelmValues: false,
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      scrapeClasses: [nodeNames],
    },
  };
}

/**
 * The node's name as `instance`, at the source, so that the chart's own panels show it too. The operator puts these
 * between its relabelings and a monitor's own (prometheus-operator, Documentation: scrape classes). It sets `node` for
 * targets that are a node; the others are pods.
 */
const nodeNames: Values = {
  name: 'node-name',
  default: true,
  relabelings: ['node', '__meta_kubernetes_pod_node_name'].map((source) => ({
    action: 'replace',
    sourceLabels: [source],
    regex: '(.+)',
    targetLabel: 'instance',
  })),
};

/** kube-state-metrics speaks of all nodes: `instance` is the one that a series is about, not its own. */
const stateMetrics: Values = {
  metricLabelsAllowlist: [
    `pods=[component,release,${profileLabel},${placeholderLabel},hub.jupyter.org/username,hub.jupyter.org/servername]`,
    // Group and flavour, and whatever a profile's `nodeSelector` asks for: seats are counted by it.
    'nodes=[*]',
    'persistentvolumeclaims=[component,hub.jupyter.org/username]',
    'namespaces=[hubwright/deployment,hubwright/environment]',
  ],
  // The label has a person's name in a form that fits labels; the annotation has the name itself.
  metricAnnotationsAllowList: [
    'pods=[hub.jupyter.org/username]',
    'persistentvolumeclaims=[hub.jupyter.org/username]',
  ],
  prometheus: {
    monitor: {
      http: {
        honorLabels: true,
        relabelings: [{ action: 'replace', targetLabel: 'instance', replacement: 'kube-state-metrics' }],
        metricRelabelings: [
          { action: 'replace', sourceLabels: ['node'], regex: '(.+)', targetLabel: 'instance' },
        ],
      },
    },
  },
};
