import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../src/adapters/kubernetes/api.ts';
import { readinessOf } from '../../../../src/adapters/kubernetes/readiness.ts';
import {
  reasonOfEvents,
  reasonOfFailedCreate,
  reasonOfPod,
} from '../../../../src/adapters/kubernetes/reasons.ts';
import type { KubernetesEvent, Pod } from '../../../../src/adapters/kubernetes/shapes.ts';
import { selectorText } from '../../../../src/adapters/kubernetes/shapes.ts';

function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'));
}

// Recorded from a real kubelet (1.36) in the rig.
const pods = golden('pods') as Record<string, { pod: Pod; events: KubernetesEvent[] }>;

describe('why a pod is not ready', () => {
  test.each([
    ['pull', /^image pull backs off: example\.org\/none:1 \(failed to pull/, 120],
    ['crash', /^crash loop of c, exit code 1, started [0-9]+ times$/, undefined],
    ['big', /^no node fits: 0\/1 nodes are available: 1 Insufficient cpu/, undefined],
    ['badname', /^the image's name is wrong: UPPER:::bad$/, 0],
    ['nosecret', /^container c cannot be made \(secret "nope" not found\)$/, 60],
    [
      'nomount',
      /^a volume cannot be mounted: MountVolume.SetUp failed for volume "v" : secret "nope" not found$/,
      undefined,
    ],
  ])('%s', (name, text, lastsAfter) => {
    const { pod, events } = pods[name]!;
    const reason = reasonOfPod(pod, events);
    expect(reason?.text).toMatch(text);
    expect(reason?.lastsAfter).toBe(lastsAfter);
  });

  test('nothing is wrong with one that runs', () => {
    const { pod, events } = pods['good']!;
    expect(reasonOfPod(pod, events)).toBeUndefined();
  });

  test('a crash loop that goes on is believed, and out of memory is said', () => {
    const { pod } = pods['crash']!;
    const container = {
      ...pod.status!.containerStatuses![0]!,
      restartCount: 7,
      lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    };
    expect(reasonOfPod({ ...pod, status: { ...pod.status, containerStatuses: [container] } })).toEqual({
      text: 'crash loop of c, killed because it needed more memory than its limit, started 8 times',
      lastsAfter: 60,
      crashed: { pod: pod.metadata.name, container: 'c' },
    });
  });

  test('the newest event counts: an image that is there is not being pulled any more', () => {
    const event = (reason: string, second: number, message = '') =>
      ({
        reason,
        message,
        lastTimestamp: `2026-11-23T12:00:0${second}Z`,
        metadata: { name: `p.${second}` },
      }) as KubernetesEvent;
    const pulling = event('Pulling', 1, 'Pulling image "quay.io/a:1"');
    expect(reasonOfEvents([event('Scheduled', 0), pulling])?.text).toBe(
      'an image is being pulled: quay.io/a:1',
    );
    expect(reasonOfEvents([pulling, event('Pulled', 2)])).toBeUndefined();
  });

  test('a quota', () => {
    const message =
      'pods "hub-1" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=0, limited: cpu=500m';
    expect(reasonOfFailedCreate(message)).toEqual({
      text: 'quota exceeded: small, requested: cpu=1, used: cpu=0, limited: cpu=500m',
      lastsAfter: 30,
    });
  });
});

describe('whether an object is ready', () => {
  const object = (kind: string, status: object, spec: object = {}, generation = 1) =>
    ({ apiVersion: 'v1', kind, metadata: { name: 'a', generation }, spec, status }) as unknown as LiveObject;
  const deployments = golden('deployments') as Record<string, LiveObject>;

  test('Deployments as a real controller leaves them', () => {
    expect(readinessOf(deployments['good']!)).toEqual({ ready: true });
    expect(readinessOf(deployments['pull']!)).toEqual({ ready: false, state: '0 of 1 pods ready' });
  });

  test.each<[string, LiveObject, string | true]>([
    [
      'not seen by its controller yet',
      object('Deployment', { observedGeneration: 1 }, {}, 2),
      'not begun yet',
    ],
    [
      'new pods missing',
      object('Deployment', { observedGeneration: 1, updatedReplicas: 1, replicas: 2 }, { replicas: 2 }),
      '1 of 2 pods made',
    ],
    [
      'old pods left',
      object(
        'Deployment',
        { observedGeneration: 1, updatedReplicas: 1, replicas: 2, availableReplicas: 2 },
        { replicas: 1 },
      ),
      '1 old pods still running',
    ],
    ['none wanted', object('Deployment', { observedGeneration: 1 }, { replicas: 0 }), true],
    [
      'StatefulSet that updates',
      object(
        'StatefulSet',
        {
          observedGeneration: 1,
          updatedReplicas: 1,
          readyReplicas: 2,
          currentRevision: 'a',
          updateRevision: 'b',
        },
        { replicas: 2 },
      ),
      '1 of 2 pods made',
    ],
    [
      'StatefulSet done',
      object(
        'StatefulSet',
        { observedGeneration: 1, readyReplicas: 2, currentRevision: 'b', updateRevision: 'b' },
        { replicas: 2 },
      ),
      true,
    ],
    [
      'DaemonSet on its way',
      object('DaemonSet', {
        observedGeneration: 1,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 1,
      }),
      '1 of 3 pods ready',
    ],
    ['Job that runs', object('Job', {}), 'not done yet'],
    ['Job done', object('Job', { conditions: [{ type: 'Complete', status: 'True' }] }), true],
    ['claim bound', object('PersistentVolumeClaim', { phase: 'Bound' }), true],
    ['claim pending', object('PersistentVolumeClaim', { phase: 'Pending' }), 'no volume yet'],
    ['Service without a load balancer', object('Service', { loadBalancer: {} }, { type: 'ClusterIP' }), true],
    [
      'load balancer on its way',
      object('Service', { loadBalancer: {} }, { type: 'LoadBalancer' }),
      'no address yet',
    ],
    [
      'load balancer',
      object('Service', { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }, { type: 'LoadBalancer' }),
      true,
    ],
    [
      'CRD',
      object('CustomResourceDefinition', { conditions: [{ type: 'Established', status: 'True' }] }),
      true,
    ],
    ['CRD new', object('CustomResourceDefinition', {}), 'not established yet'],
    ['a ConfigMap is there', object('ConfigMap', {}), true],
  ])('%s', (_, given, expected) => {
    expect(readinessOf(given)).toMatchObject(
      expected === true ? { ready: true } : { ready: false, state: expected },
    );
  });

  test('a claim whose class waits for a pod may be pending', () => {
    expect(readinessOf(object('PersistentVolumeClaim', { phase: 'Pending' }), true)).toEqual({ ready: true });
  });

  test('what can never become ready says why', () => {
    const failed = {
      conditions: [
        { type: 'Failed', status: 'True', message: 'Job has reached the specified backoff limit' },
      ],
    };
    expect(readinessOf(object('Job', failed))).toMatchObject({
      failed: 'Job has reached the specified backoff limit',
    });
    expect(readinessOf(object('PersistentVolumeClaim', { phase: 'Lost' }), true)).toMatchObject({
      failed: 'the volume that it had is gone',
    });
  });
});

test('selectors', () => {
  expect(
    selectorText({
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'c', operator: 'In', values: ['d', 'e'] },
        { key: 'f', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('a=b,c in (d,e),!f');
});
