import { namespace, podOf } from '../series.ts';
import type { At, Samples } from './samples.ts';
import { chance } from './samples.ts';
import { exercise, nodes, people } from './timetable.ts';

const gibibyte = 1024 ** 3;

/** A loop that writes without an end. */
const hoarder = 'trainee-12';
/** Volumes that lost a copy: one got it back. */
const degraded: Readonly<Record<string, readonly [number, number]>> = {
  'trainee-3': [70, 86],
  'trainee-14': [175, Infinity],
};

/** Homes, the database and the materials, as the kubelet and Longhorn show them. */
export function addStorage(samples: Samples): void {
  for (const person of people) addHome(samples, person);
  addVolume(samples, { claim: 'hub-db-dir', node: 'training-workers-1', size: gibibyte }, () => 0.11);
  addVolume(
    samples,
    { claim: 'materials-3f9a1c', node: 'training-workers-2', size: 1024 * gibibyte },
    () => 0.61,
  );
  for (const [index, { name, group }] of nodes.entries()) {
    if (group === undefined) continue;
    samples.add('longhorn_node_storage_capacity_bytes', { node: name }, 200 * gibibyte);
    const used: At = (minute) => (0.28 + index * 0.04 + minute * 0.0004) * 200 * gibibyte;
    samples.add('longhorn_node_storage_usage_bytes', { node: name }, used);
  }
}

interface Volume {
  readonly claim: string;
  readonly node: string;
  readonly size: number;
  readonly from?: number;
}

function addVolume(
  samples: Samples,
  { claim, node, size, from = 0 }: Volume,
  full: (minute: number) => number,
): void {
  const of = { namespace, persistentvolumeclaim: claim, instance: node };
  const there =
    (value: At): At =>
    (minute) =>
      minute < from ? undefined : value(minute);
  samples.add(
    'kubelet_volume_stats_capacity_bytes',
    of,
    there(() => size),
  );
  samples.add(
    'kubelet_volume_stats_available_bytes',
    of,
    there((minute) => Math.round(size * (1 - full(minute)))),
  );
}

function addHome(samples: Samples, { name, node, ran, seed }: (typeof people)[number]): void {
  const random = chance(600 + seed);
  const claim = `claim-${name}`;
  const size = 10 * gibibyte;
  const before = 0.04 + random() * 0.3;
  const grows = name === hoarder ? 0.0049 : random() * 0.0006;
  const full = (minute: number): number => Math.min(0.97, before + Math.max(0, minute - 30) * grows);
  const annotations = { namespace, persistentvolumeclaim: claim, annotation_hub_jupyter_org_username: name };
  samples.add('kube_persistentvolumeclaim_annotations', annotations, 1);
  if (node !== undefined && ran !== undefined) addVolume(samples, { claim, node, size, from: ran }, full);
  addLonghorn(
    samples,
    { claim, name, on: node ?? 'training-workers-1', ran: ran ?? Infinity },
    (minute) => size * full(minute) * 1.1,
  );
}

interface Attached {
  readonly claim: string;
  readonly name: string;
  readonly on: string;
  readonly ran: number;
}

function addLonghorn(samples: Samples, { claim, name, on, ran }: Attached, size: At): void {
  const random = chance(name.length * 31 + ran);
  const volume = `pvc-${podOf(name).slice('jupyter-'.length)}`;
  const of = { node: on, volume, pvc: claim, pvc_namespace: namespace };
  const [from, to] = degraded[name] ?? [Infinity, Infinity];
  const state = (minute: number): string => {
    if (minute < ran) return 'unknown';
    return minute >= from && minute < to ? 'degraded' : 'healthy';
  };
  for (const one of ['unknown', 'healthy', 'degraded', 'faulted']) {
    samples.add('longhorn_volume_robustness', { ...of, state: one }, (minute) =>
      Number(state(minute) === one),
    );
  }
  samples.add('longhorn_volume_actual_size_bytes', of, size);
  samples.add('longhorn_volume_write_latency', of, (minute) =>
    minute < ran ? 0 : (exercise(minute) ? 8e6 : 3e6) + random() * 1e6,
  );
  for (let copy = 0; copy < 3; copy += 1) {
    const replica = { volume, replica: `${volume}-r-${copy}`, node: nodes[1 + copy]?.name ?? on };
    const runs = (minute: number): boolean => minute >= ran && !(copy === 2 && state(minute) === 'degraded');
    samples.add('longhorn_replica_state', { ...replica, state: 'running' }, (minute) => Number(runs(minute)));
    samples.add('longhorn_replica_state', { ...replica, state: 'stopped' }, (minute) =>
      Number(!runs(minute)),
    );
  }
}
