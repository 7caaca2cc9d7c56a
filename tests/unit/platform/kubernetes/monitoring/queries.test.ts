import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../../support/monitoring/catalogue.ts';
import { infer } from '../../../../support/monitoring/infer.ts';
import {
  alertsOf,
  course,
  environments,
  recordingRulesOf,
  withRecorded,
} from '../../../../support/monitoring/recorded.ts';

const all = Object.entries(environments);

describe('every rule names only metrics and labels that exist', () => {
  test.each(all)('those that record, of %s', (_name, environment) => {
    const known = withRecorded(environment);
    for (const { record, expr } of recordingRulesOf(environment)) {
      expect(infer(expr, known).faults, record).toEqual([]);
    }
  });

  test.each(all)('alerts, and what they say, of %s', (_name, environment) => {
    const known = withRecorded(environment);
    for (const { alert, expr, labels, annotations } of alertsOf(environment)) {
      const { labels: given, faults } = infer(expr, known);
      expect(faults, alert).toEqual([]);
      const used = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      const has = [...given, ...Object.keys(labels)];
      expect(
        used.filter((label) => !has.includes(label ?? '')),
        alert,
      ).toEqual([]);
    }
  });

  test('what is recorded has the labels that dashboards and `usage` ask for', () => {
    const known = withRecorded(course);
    const server = new Set(['namespace', 'pod', 'node', 'user', 'profile']);
    for (const metric of [
      'info',
      'memory_bytes',
      'memory_limit_bytes',
      'cpu_cores',
      'gpus',
      'gpu_utilization',
    ]) {
      expect(known.get(`hubwright:server:${metric}`), metric).toEqual(server);
    }
    expect(known.get('hubwright:server:node_share')).toEqual(server.union(new Set(['flavor'])));
    expect(known.get('hubwright:node:requested')).toEqual(new Set(['node', 'resource']));
    expect(known.get('hubwright:seats_free')).toEqual(new Set(['namespace', 'profile']));
  });
});

describe('the check finds', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a misspelt metric', 'sum(kube_pod_infos)', 'no exporter has kube_pod_infos'],
    ['a misspelt label of a matcher', 'up{jop="hub"}', 'no label jop in up'],
    ['a misspelt label of an aggregation', 'sum by (namspace) (up)', 'no label namspace'],
    ['a label that was aggregated away', 'sum by (pod) (sum by (namespace) (up))', 'no label pod'],
    ['a join on a label that one side lacks', 'up * on (node) kube_node_info', 'no label node'],
    [
      'a label taken from a side that lacks it',
      'up * on (pod) group_left (user) kube_pod_info',
      'no label user',
    ],
    ['two sides that never match', 'kube_pod_created and kube_node_info', 'never match'],
    ['a quantile without buckets', 'histogram_quantile(0.9, sum(up))', 'no label le'],
    ['a label replaced from none', 'label_replace(up, "a", "$1", "b", "(.+)")', 'no label b'],
    ['what is no query', 'sum by (up', 'cannot be read'],
    ['what is no query inside of one', 'sum(up{job=})', 'cannot be read'],
  ];
  test.each(cases)('%s', (_what, query, fault) => {
    expect(infer(query, catalogue).faults).toEqual([expect.stringContaining(fault)]);
  });
});
