import { namespace, podOf } from '../series.ts';
import type { At, Samples } from './samples.ts';
import { chance, counter } from './samples.ts';
import type { Node } from './timetable.ts';
import { exercise, nodes, people, placeholders, serversOn } from './timetable.ts';

const gibibyte = 1024 ** 3;

/** Nodes as kube-state-metrics, the node exporter and the GPU exporter show them. */
export function addNodes(samples: Samples): void {
  nodes.forEach((node, index) => {
    const there =
      (value: number): At =>
      (minute) =>
        minute < node.from ? undefined : value;
    addState(samples, node, there);
    addLoad(samples, node, index);
    for (let gpu = 0; gpu < node.gpus; gpu += 1) addGpu(samples, node, gpu);
  });
}

function addState(
  samples: Samples,
  { name, group, flavor, cores, memory, gpus }: Node,
  there: (value: number) => At,
): void {
  const of = { node: name };
  const labels = {
    label_node_kubernetes_io_instance_type: flavor,
    ...(group === undefined ? {} : { label_capi_stackhpc_com_node_group: group, label_node_group: group }),
  };
  samples.add('kube_node_info', of, there(1));
  samples.add('kube_node_labels', { ...of, ...labels }, there(1));
  samples.add('kube_node_status_condition', { ...of, condition: 'Ready', status: 'true' }, there(1));
  samples.add('kube_node_spec_unschedulable', of, there(0));
  if (group === undefined) {
    samples.add(
      'kube_node_spec_taint',
      { ...of, key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
      there(1),
    );
  }
  if (gpus > 0) {
    const taint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
    samples.add('kube_node_spec_taint', { ...of, ...taint }, there(1));
    samples.add('kube_node_status_allocatable', { ...of, resource: 'nvidia_com_gpu' }, there(gpus));
  }
  const allocatable = { memory: memory * gibibyte * 0.94, cpu: cores - 0.1, pods: 110 };
  for (const [resource, amount] of Object.entries(allocatable)) {
    samples.add('kube_node_status_allocatable', { ...of, resource }, there(amount));
  }
  addPod(
    samples,
    {
      namespace: 'kube-system',
      pod: `system-${name}`,
      on: name,
      asked: { cpu: 0.6, memory: 1.5 * gibibyte },
    },
    there(1),
  );
}

interface Pod {
  readonly namespace: string;
  readonly pod: string;
  readonly on?: string;
  readonly asked: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod for as long as `there` says. */
export function addPod(
  samples: Samples,
  { namespace: where, pod, on, asked, labels = {} }: Pod,
  there: At,
): void {
  const of = { namespace: where, pod };
  const container = where === namespace ? 'notebook' : 'main';
  samples.add('kube_pod_info', { ...of, ...(on === undefined ? {} : { node: on }) }, there);
  samples.add('kube_pod_labels', { ...of, ...labels }, there);
  for (const [resource, amount] of Object.entries(asked)) {
    const at: At = (minute) => (there(minute) === undefined ? undefined : amount);
    if (on !== undefined)
      samples.add('kube_pod_container_resource_requests', { ...of, container, node: on, resource }, at);
  }
  if (where !== namespace) samples.add('kube_pod_status_phase', { ...of, phase: 'Running' }, there);
}

function addLoad(samples: Samples, { name, cores, memory, from }: Node, index: number): void {
  const random = chance(100 + index);
  const of = { instance: name };
  const there =
    (value: At): At =>
    (minute) =>
      minute < from ? undefined : value(minute);
  const total = memory * gibibyte;
  samples.add(
    'node_memory_MemTotal_bytes',
    of,
    there(() => total),
  );
  const left = (minute: number): number =>
    total - 1.4 * gibibyte - serversOn(name, minute) * (0.7 + minute * 0.003) * gibibyte - random() * 1e8;
  samples.add('node_memory_MemAvailable_bytes', of, there(left));
  const busy = (minute: number): number =>
    Math.min(
      0.95,
      0.05 + (serversOn(name, minute) * (exercise(minute) ? 0.7 : 0.12)) / cores + random() * 0.05,
    );
  for (let cpu = 0; cpu < 2; cpu += 1) {
    samples.add(
      'node_cpu_seconds_total',
      { ...of, cpu: String(cpu), mode: 'idle' },
      there(counter((minute) => 60 * (1 - busy(minute)))),
    );
    samples.add(
      'node_cpu_seconds_total',
      { ...of, cpu: String(cpu), mode: 'user' },
      there(counter((minute) => 60 * busy(minute))),
    );
  }
  const reads = counter(
    (minute) => serversOn(name, minute) * (exercise(minute) ? 90 : 12) * (0.6 + random() * 0.8),
  );
  samples.add('node_nfs_requests_total', { ...of, proto: '3', method: 'Read' }, there(reads));
  const again = counter((minute) => (index === 3 && minute > 88 && minute < 98 ? 20 * random() : 0));
  samples.add('node_nfs_rpc_retransmissions_total', of, there(again));
}

function addGpu(samples: Samples, { name }: Node, gpu: number): void {
  const random = chance(200 + gpu);
  const user = people.filter(({ node, profile }) => profile === 'gpu' && node === name)[gpu];
  const of = {
    instance: name,
    hostname: name,
    gpu: String(gpu),
    namespace: 'gpu-operator',
    pod: 'nvidia-dcgm-exporter',
  };
  const works = (minute: number): boolean => (user?.ran ?? Infinity) <= minute && exercise(minute);
  const use: At = (minute) => (works(minute) ? Math.round(70 + 28 * random() - gpu * 35) : 0);
  const used: At = (minute) => (works(minute) ? 9_000 + gpu * 3_000 + 2_000 * random() : 400);
  const idle: At = (minute) => ((user?.ran ?? Infinity) <= minute ? undefined : 0);
  const busy: At = (minute) => ((user?.ran ?? Infinity) <= minute ? use(minute) : undefined);
  samples.add('DCGM_FI_DEV_GPU_UTIL', of, idle);
  if (user)
    samples.add(
      'DCGM_FI_DEV_GPU_UTIL',
      {
        ...of,
        exported_namespace: namespace,
        exported_pod: podOf(user.name),
        exported_container: 'notebook',
      },
      busy,
    );
  samples.add('DCGM_FI_DEV_FB_USED', of, used);
  samples.add('DCGM_FI_DEV_FB_FREE', of, (minute) => 24_000 - (used(minute) ?? 0));
}

/** Pods that keep seats warm. */
export function addPlaceholders(samples: Samples): void {
  for (let index = 0; index < 4; index += 1) {
    const pod = `placeholder-standard-${index}`;
    const of = { namespace, pod };
    samples.add('kube_pod_labels', { ...of, label_hubwright_placeholder: 'standard' }, 1);
    const waits = (minute: number): boolean => placeholders(minute)[index] === undefined;
    samples.add('kube_pod_status_phase', { ...of, phase: 'Running' }, (minute) => Number(!waits(minute)));
    samples.add('kube_pod_status_phase', { ...of, phase: 'Pending' }, (minute) => Number(waits(minute)));
    samples.add('kube_pod_status_unschedulable', of, (minute) => (waits(minute) ? 1 : undefined));
    for (const { name } of nodes) {
      const there: At = (minute) => (placeholders(minute)[index] === name ? 1 : undefined);
      samples.add('kube_pod_info', { ...of, node: name }, there);
    }
  }
}
