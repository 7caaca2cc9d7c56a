import { infer } from './infer.ts';
import { catalogue } from './catalogue.ts';

/** Made-up samples by series, as promtool writes them: `{ 'up{job="hub"}': '1x10 0x5' }`, one each half minute. */
export type Series = Readonly<Record<string, string>>;

/** The namespace of the environment that the cases are about. */
export const namespace = 'jupyterhub';

/** One series, whose metric and labels an exporter has to have. @throws Error where none has. */
export function series(metric: string, labels: Readonly<Record<string, string>>, values: string): Series {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const name = `${metric}{${matchers.join(',')}}`;
  const { faults } = infer(name, catalogue);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { [name]: values };
}

/** Always the same. */
export const steady = (value: number): string => `${value}x200`;

interface Server {
  readonly user: string;
  readonly profile?: string;
  /** Missing: no node has taken it. */
  readonly on?: string;
  readonly phase?: 'Pending' | 'Running';
  readonly created?: number;
}

/** A person's server as kube-state-metrics shows it. */
export function server({ user, profile, on, phase = 'Running', created = 0 }: Server): Series {
  const of = { namespace, pod: podOf(user) };
  return {
    ...series('kube_pod_info', { ...of, ...(on === undefined ? {} : { node: on }) }, steady(1)),
    ...series(
      'kube_pod_labels',
      {
        ...of,
        label_component: 'singleuser-server',
        ...(profile === undefined ? {} : { label_hubwright_profile: profile }),
      },
      steady(1),
    ),
    ...series('kube_pod_annotations', { ...of, annotation_hub_jupyter_org_username: user }, steady(1)),
    ...series('kube_pod_status_phase', { ...of, phase }, steady(1)),
    ...series('kube_pod_created', of, steady(created)),
  };
}

/** KubeSpawner puts a safe form of the name there. */
export function podOf(user: string): string {
  return `jupyter-${user.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')}`;
}

interface Node {
  readonly name: string;
  /** In GiB. */
  readonly memory?: number;
  readonly cpu?: number;
  readonly pods?: number;
  readonly gpus?: number;
  readonly ready?: boolean | string;
  readonly unschedulable?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

/** A node as kube-state-metrics shows it. */
export function node({ name, memory = 8, cpu = 4, pods = 110, gpus, ...rest }: Node): Series {
  const { ready = true, unschedulable = false, labels = {}, taints = [] } = rest;
  const of = { node: name };
  const has = (resource: string, value: number): Series =>
    series('kube_node_status_allocatable', { ...of, resource }, steady(value));
  return Object.assign(
    {},
    series('kube_node_info', of, steady(1)),
    series('kube_node_labels', { ...of, ...labels }, steady(1)),
    series(
      'kube_node_status_condition',
      { ...of, condition: 'Ready', status: 'true' },
      typeof ready === 'string' ? ready : steady(Number(ready)),
    ),
    series('kube_node_spec_unschedulable', of, steady(Number(unschedulable))),
    has('memory', memory * 1024 ** 3),
    has('cpu', cpu),
    has('pods', pods),
    ...(gpus === undefined ? [] : [has('nvidia_com_gpu', gpus)]),
    ...taints.map((taint) => series('kube_node_spec_taint', { ...of, ...taint }, steady(1))),
  );
}

/** A pod that holds something of a node. */
export function requests(
  pod: string,
  on: string,
  asked: Readonly<Record<string, number>>,
  { phase = 'Running', labels = {} }: { phase?: string; labels?: Readonly<Record<string, string>> } = {},
): Series {
  const of = { namespace, pod };
  return Object.assign(
    {},
    series('kube_pod_info', { ...of, node: on }, steady(1)),
    series('kube_pod_status_phase', { ...of, phase }, steady(1)),
    series('kube_pod_labels', { ...of, ...labels }, steady(1)),
    ...Object.entries(asked).map(([resource, amount]) =>
      series(
        'kube_pod_container_resource_requests',
        { ...of, container: 'notebook', node: on, resource },
        steady(amount),
      ),
    ),
  );
}
