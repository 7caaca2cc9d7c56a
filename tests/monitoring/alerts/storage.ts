import { namespace, series, steady } from '../../support/monitoring/series.ts';
import type { Series } from '../../support/monitoring/series.ts';
import type { AlertCase } from './case.ts';

interface Home {
  readonly user: string;
  /** Of 1000 each. */
  readonly bytes?: number;
  readonly files?: number;
  readonly on?: string;
}

const home = ({ user, bytes = 500, files = 500, on = 'node-1' }: Home): Series => {
  const of = { namespace, persistentvolumeclaim: `claim-${user}` };
  const seen = { ...of, instance: on };
  return {
    ...series(
      'kube_persistentvolumeclaim_annotations',
      { ...of, annotation_hub_jupyter_org_username: user },
      steady(1),
    ),
    ...series('kubelet_volume_stats_available_bytes', seen, steady(bytes)),
    ...series('kubelet_volume_stats_capacity_bytes', seen, steady(1000)),
    ...series('kubelet_volume_stats_inodes_free', seen, steady(files)),
    ...series('kubelet_volume_stats_inodes', seen, steady(1000)),
  };
};
const fullHome = (user: string, left: string) => ({
  labels: { namespace, user },
  summary: `The home of ${user} in course has ${left} left`,
  command: `hubwright logs course user ${user}`,
});

const homes: readonly AlertCase[] = [
  { alert: 'HomeNearlyFull', when: 'half of it is left', series: [home({ user: 'ann' })], at: '20m' },
  {
    alert: 'HomeNearlyFull',
    when: 'one of two has a twentieth left',
    series: [home({ user: 'ann' }), home({ user: 'bob', bytes: 50 })],
    at: '20m',
    tells: [fullHome('bob', '5%')],
  },
  {
    alert: 'HomeNearlyFull',
    when: 'it has room, but for few files more',
    series: [home({ user: 'ann', files: 20 })],
    at: '20m',
    tells: [fullHome('ann', '2%')],
  },
  {
    alert: 'HomeNearlyFull',
    when: 'it is mounted on two nodes',
    series: [home({ user: 'ann', bytes: 50 }), home({ user: 'ann', bytes: 40, on: 'node-2' })],
    at: '20m',
    tells: [fullHome('ann', '4%')],
  },
  {
    alert: 'HomeNearlyFull',
    when: 'the volume is nobody’s home',
    series: [
      series(
        'kubelet_volume_stats_available_bytes',
        { namespace, persistentvolumeclaim: 'materials' },
        steady(0),
      ),
      series(
        'kubelet_volume_stats_capacity_bytes',
        { namespace, persistentvolumeclaim: 'materials' },
        steady(1000),
      ),
    ],
    at: '20m',
  },
];

const of = { volume: 'pvc-1', pvc: 'claim-ann', pvc_namespace: namespace, node: 'node-1' };
/** Before Longhorn 1.11 the state was the value. */
const old = (values: string): Series => series('longhorn_volume_robustness', of, values);
const since111 = (state: string, values: string): Series =>
  series('longhorn_volume_robustness', { ...of, state }, values);
const volume = (what: string) => ({
  labels: { volume: 'pvc-1', pvc: 'claim-ann' },
  summary: `Volume pvc-1 (claim-ann in course) ${what}`,
  command: 'hubwright logs course longhorn',
});
const degraded = volume('has lost a copy, and Longhorn does not mend it');
const faulted = volume('has no copy left that can be used');

const longhorn: readonly AlertCase[] = [
  { alert: 'VolumeDegraded', when: 'Longhorn 1.10 calls it healthy', series: [old('1x60')], at: '20m' },
  {
    alert: 'VolumeDegraded',
    when: 'Longhorn 1.10 calls it degraded',
    series: [old('2x60')],
    at: '20m',
    tells: [degraded],
  },
  {
    alert: 'VolumeDegraded',
    when: 'Longhorn 1.11 calls it healthy',
    series: [since111('healthy', '1x60'), since111('degraded', '0x60')],
    at: '20m',
  },
  {
    alert: 'VolumeDegraded',
    when: 'Longhorn 1.11 calls it degraded',
    series: [since111('healthy', '0x60'), since111('degraded', '1x60')],
    at: '20m',
    tells: [degraded],
  },
  {
    alert: 'VolumeDegraded',
    when: 'a copy was built anew within ten minutes',
    series: [old('1x10 2x20 1x60')],
    at: '15m',
  },
  {
    alert: 'VolumeDegraded',
    when: 'it is the volume of somebody else',
    series: [series('longhorn_volume_robustness', { ...of, pvc_namespace: 'evening' }, '2x60')],
    at: '20m',
  },
  {
    alert: 'VolumeFaulted',
    when: 'Longhorn 1.10 calls it faulted',
    series: [old('3x20')],
    at: '5m',
    tells: [faulted],
  },
  { alert: 'VolumeFaulted', when: 'Longhorn 1.10 calls it degraded', series: [old('2x20')], at: '5m' },
  {
    alert: 'VolumeFaulted',
    when: 'Longhorn 1.11 calls it faulted',
    series: [since111('faulted', '1x20')],
    at: '5m',
    tells: [faulted],
  },
  {
    alert: 'VolumeFaulted',
    when: 'Longhorn 1.11 calls it degraded',
    series: [since111('faulted', '0x20'), since111('degraded', '1x20')],
    at: '5m',
  },
];

export const storageCases: readonly AlertCase[] = [...homes, ...longhorn];
