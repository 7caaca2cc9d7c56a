import { describe, expect, test } from 'vitest';
import { recordingSource } from '../../../../src/operate/targets/cluster-recording.ts';
import { hubUnrecorded } from '../../../../src/plan/doctor/checks/hub-unrecorded.ts';
import type { RecordedTarget } from '../../../../src/plan/kubernetes/recording.ts';
import { training } from '../kubernetes/observed.ts';

const environment = training('    monitoring: { receivers: { ops: { webhook: { fromEnv: A } } } }');
const hub = { job: 'hub', instance: 'worker-1', answers: true };
const proxy = { ...hub, job: 'proxy' };

const found = (...targets: RecordedTarget[]) =>
  hubUnrecorded
    .examine({ recording: { targets } }, environment)
    .map(({ what, evidence }) => [what, ...evidence]);

describe('of the targets of Prometheus', () => {
  test('nothing is said where hub and proxy answer and nodes have their names', () => {
    expect(found(hub, proxy, { ...hub, job: 'node-exporter' })).toEqual([]);
  });

  test('one of two hubs that answers is enough: the other is of before a restart', () => {
    expect(found({ ...hub, answers: false }, hub, proxy)).toEqual([]);
  });

  test('it is said which is not known, and which does not answer', () => {
    expect(found({ ...proxy, answers: false })).toEqual([
      ['Prometheus does not know the hub.', 'no series up{job="hub"}'],
      ['Prometheus cannot read the proxy.', 'up{job="proxy", instance="worker-1"} 0'],
    ]);
  });

  test.each(['10.0.0.7:9100', '[fd00::7]:9100'])('it is said that a node is called %s', (instance) => {
    expect(found(hub, proxy, { ...hub, job: 'node-exporter', instance })).toEqual([
      [
        'Series carry addresses where the names of nodes should be.',
        `up{job="node-exporter", instance="${instance}"} 1`,
      ],
    ]);
  });
});

test('nobody is asked where nothing is recorded', async () => {
  const never = () => {
    throw new Error('asked');
  };
  const host = { serviceAddress: never, live: never, prometheus: never };
  expect(await recordingSource(training(), host)).toMatchObject({ failed: false });
});
