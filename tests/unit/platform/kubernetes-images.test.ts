import { expect, test } from 'vitest';
import { imagesIn } from '../../../src/platform/kubernetes/images.ts';

test('every image that objects name, each once, in order', () => {
  const pod = {
    initContainers: [{ name: 'a', image: 'registry.example.org:5000/b/init@sha256:' + 'a'.repeat(64) }],
    containers: [
      {
        name: 'manager',
        image: 'longhornio/manager:v1',
        command: [
          'manager',
          'daemon',
          '--engine-image',
          'longhornio/engine:v1',
          '--service-account',
          'manager',
        ],
        args: ['--prometheus-config-reloader=quay.io/op/reloader:v2', '--log-level=info'],
        env: [
          { name: 'CSI_ATTACHER_IMAGE', value: 'longhornio/attacher:v3' },
          { name: 'NOT_ONE', value: 'longhornio/never:v3' },
        ],
      },
      { name: 'again', image: 'longhornio/manager:v1' },
    ],
  };
  const objects = [
    { kind: 'Deployment', spec: { template: { spec: pod } } },
    {
      kind: 'CronJob',
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: 'busybox' }] } } } } },
    },
    { kind: 'Prometheus', spec: { image: 'quay.io/prometheus/prometheus:v3' } },
    { kind: 'ConfigMap', data: { image: 'not an image: a sentence' } },
  ];
  expect(imagesIn(objects)).toEqual([
    'busybox',
    'longhornio/attacher:v3',
    'longhornio/engine:v1',
    'longhornio/manager:v1',
    'quay.io/op/reloader:v2',
    'quay.io/prometheus/prometheus:v3',
    `registry.example.org:5000/b/init@sha256:${'a'.repeat(64)}`,
  ]);
});
