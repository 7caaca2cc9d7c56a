/**
 * Every metric and label that a rule or a panel may name, by exporter, with where it was read. Types are checked
 * nowhere: what is a histogram is written as one, because its series are three.
 */
interface Exporter {
  readonly source: string;
  /** What the scrape adds to each series. */
  readonly target: string;
  /** Labels of each metric. `label_*` stands for any label that begins so. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly histograms?: Readonly<Record<string, string>>;
}

const pod = 'namespace pod container job instance endpoint';

const jupyterhub: Exporter = {
  source: 'jupyterhub 5.5.0, jupyterhub/metrics.py; the labels were also seen in the answer of a hub',
  target: pod,
  metrics: {
    jupyterhub_running_servers: '',
    jupyterhub_total_users: '',
    jupyterhub_active_users: 'period',
  },
  histograms: {
    jupyterhub_request_duration_seconds: 'method handler code',
    jupyterhub_server_spawn_duration_seconds: 'status',
    jupyterhub_server_stop_seconds: 'status',
    jupyterhub_event_loop_interval_seconds: '',
  },
};

const own: Exporter = {
  source: 'runtime/hubwright_hub/metrics.py and certificate.py, in the registry of the hub',
  target: pod,
  metrics: {
    hubwright_logins_total: 'result',
    hubwright_user_group_info: 'user group',
    hubwright_server_idle_seconds: 'user server',
    hubwright_certificate_not_after_seconds: 'name',
  },
};

const proxy: Exporter = {
  source: 'configurable-http-proxy 5.2.0, lib/metrics.js, and the defaults of prom-client 15.1.3',
  target: pod,
  metrics: {
    api_route_get: '',
    api_route_add: '',
    api_route_delete: '',
    requests_ws: '',
    requests_web: '',
    requests_proxy: 'status',
    requests_api: 'status',
    nodejs_active_resources: 'type',
    nodejs_eventloop_lag_p99_seconds: '',
    // prometheus_client, and so the hub, has these two as well.
    process_open_fds: '',
    process_max_fds: '',
  },
};

const traefik: Exporter = {
  source: 'traefik 3.6, pkg/observability/metrics/prometheus.go',
  target: pod,
  metrics: { traefik_tls_certs_not_after: 'cn serial sans', traefik_open_connections: 'entrypoint protocol' },
};

const kubeStateMetrics: Exporter = {
  source: 'kube-state-metrics 2.20, docs/metrics; labels and annotations that the stack asks it to show',
  target: 'job instance endpoint',
  metrics: {
    kube_pod_info:
      'namespace pod uid node host_ip pod_ip created_by_kind created_by_name priority_class host_network',
    kube_pod_labels:
      'namespace pod uid label_component label_release label_hubwright_profile label_hubwright_placeholder',
    kube_pod_annotations: 'namespace pod uid annotation_hub_jupyter_org_username',
    kube_pod_status_phase: 'namespace pod uid phase',
    kube_pod_status_reason: 'namespace pod uid reason',
    kube_pod_status_unschedulable: 'namespace pod uid',
    kube_pod_created: 'namespace pod uid',
    kube_pod_container_resource_requests: 'namespace pod uid container node resource unit',
    kube_pod_container_resource_limits: 'namespace pod uid container node resource unit',
    kube_pod_container_status_waiting_reason: 'namespace pod uid container reason',
    kube_pod_container_status_terminated_reason: 'namespace pod uid container reason',
    kube_pod_container_status_last_terminated_reason: 'namespace pod uid container reason',
    kube_pod_container_status_last_terminated_timestamp: 'namespace pod uid container',
    kube_pod_container_status_restarts_total: 'namespace pod uid container',
    kube_node_info: 'node kubelet_version internal_ip',
    kube_node_labels: 'node label_*',
    kube_node_status_condition: 'node condition status',
    kube_node_status_allocatable: 'node resource unit',
    kube_node_spec_unschedulable: 'node',
    kube_node_spec_taint: 'node key value effect',
    kube_deployment_spec_replicas: 'namespace deployment',
    kube_deployment_status_replicas_available: 'namespace deployment',
    kube_persistentvolumeclaim_annotations:
      'namespace persistentvolumeclaim annotation_hub_jupyter_org_username',
    kube_persistentvolumeclaim_resource_requests_storage_bytes: 'namespace persistentvolumeclaim',
  },
};

const cadvisor: Exporter = {
  source: 'cadvisor, docs/storage/prometheus.md; labels: kubernetes 1.36, pkg/kubelet/server/server.go',
  target: 'job instance endpoint node metrics_path',
  metrics: {
    container_memory_working_set_bytes: 'id name image namespace pod container',
    container_cpu_usage_seconds_total: 'id name image namespace pod container cpu',
    container_oom_events_total: 'id name image namespace pod container',
    container_sockets: 'id name image namespace pod container',
    container_network_receive_bytes_total: 'id name image namespace pod interface',
    container_network_transmit_bytes_total: 'id name image namespace pod interface',
  },
};

const kubelet: Exporter = {
  source: 'kubernetes 1.36, pkg/kubelet/metrics/collectors/volume_stats.go',
  target: 'job instance endpoint node metrics_path',
  metrics: Object.fromEntries(
    ['capacity_bytes', 'available_bytes', 'used_bytes', 'inodes', 'inodes_free', 'inodes_used'].map(
      (name) => [`kubelet_volume_stats_${name}`, 'namespace persistentvolumeclaim'],
    ),
  ),
};

const nodeExporter: Exporter = {
  source: 'node_exporter 1.12, collector/*_linux.go; `instance` is the name of the node',
  target: pod,
  metrics: {
    node_cpu_seconds_total: 'cpu mode',
    node_memory_MemTotal_bytes: '',
    node_memory_MemAvailable_bytes: '',
    node_pressure_memory_waiting_seconds_total: '',
    node_nfs_requests_total: 'proto method',
    node_nfs_rpcs_total: '',
    node_nfs_rpc_retransmissions_total: '',
  },
};

const longhorn: Exporter = {
  source: 'longhorn-manager 1.9 to 1.12, metrics_collector/*.go; before 1.11 robustness has no `state`',
  target: 'namespace pod container job instance endpoint',
  metrics: {
    longhorn_volume_robustness: 'node volume pvc pvc_namespace state',
    longhorn_volume_actual_size_bytes: 'node volume pvc pvc_namespace',
    longhorn_volume_capacity_bytes: 'node volume pvc pvc_namespace',
    longhorn_volume_read_latency: 'node volume pvc pvc_namespace',
    longhorn_volume_write_latency: 'node volume pvc pvc_namespace',
    longhorn_node_storage_capacity_bytes: 'node',
    longhorn_node_storage_usage_bytes: 'node',
    longhorn_replica_state: 'replica volume node state',
  },
};

const dcgm: Exporter = {
  source: 'dcgm-exporter, etc/dcp-metrics-included.csv; without honorLabels the user is in exported_*',
  target: 'namespace pod container job instance endpoint',
  metrics: Object.fromEntries(
    ['DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_FB_USED', 'DCGM_FI_DEV_FB_FREE', 'DCGM_FI_DEV_GPU_TEMP'].map(
      (name) => [
        name,
        'gpu UUID pci_bus_id device modelName hostname exported_namespace exported_pod exported_container',
      ],
    ),
  ),
};

const prometheus: Exporter = {
  source: 'Prometheus itself, for each target',
  target: pod,
  metrics: { up: '' },
};

export const exporters: Readonly<Record<string, Exporter>> = {
  jupyterhub,
  own,
  proxy,
  traefik,
  kubeStateMetrics,
  cadvisor,
  kubelet,
  nodeExporter,
  longhorn,
  dcgm,
  prometheus,
};

/** Labels of each metric by its name. */
export type Catalogue = ReadonlyMap<string, ReadonlySet<string>>;

export const catalogue: Catalogue = new Map(
  Object.values(exporters).flatMap(({ target, metrics, histograms = {} }) => [
    ...Object.entries(metrics).map(([name, labels]) => entry(name, target, labels)),
    ...Object.entries(histograms).flatMap(([name, labels]) => [
      entry(`${name}_bucket`, target, `${labels} le`),
      entry(`${name}_count`, target, labels),
      entry(`${name}_sum`, target, labels),
    ]),
  ]),
);

function entry(name: string, target: string, labels: string): readonly [string, ReadonlySet<string>] {
  return [name, new Set(`${target} ${labels}`.split(' ').filter((label) => label !== ''))];
}
