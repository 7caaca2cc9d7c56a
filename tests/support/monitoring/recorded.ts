import type { Environment } from '../../../src/config/schema/environment.ts';
import { alertRules } from '../../../src/platform/kubernetes/monitoring/alerts/index.ts';
import { recordingRules } from '../../../src/platform/kubernetes/monitoring/recording/index.ts';
import type { AlertRule, RecordingRule } from '../../../src/platform/kubernetes/monitoring/rules.ts';
import { clusterEnvironment, goldenEnvironments } from '../../unit/platform/kubernetes/environments.ts';
import type { Catalogue } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import { infer } from './infer.ts';

/** A course with everything that there is a rule for. */
export const course: Environment = clusterEnvironment(`
address: { domain: hub.example.org }
contactEmail: ops@example.org
https: { letsEncrypt: {} }
auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 30 } } }
profiles:
  standard:
    displayName: Python
    default: true
    image: example.org/a:1
    cpu: { guarantee: 0.5, limit: 2 }
    memory: { guarantee: 2G, limit: 2G }
    placeholders: 4
  gpu:
    displayName: GPU
    image: example.org/a:1
    cpu: { guarantee: 4 }
    memory: { limit: 16G }
    gpus: { count: 1, toleration: { key: nvidia.com/gpu, operator: Exists, effect: NoSchedule } }
    nodeSelector: { node-group: gpu }
`);

/** One whose certificate people bring themselves. */
export const ownCertificate: Environment = { ...course, https: { secretName: 'hub-tls' } };

/** Environments of every kind, by name. */
export const environments: Readonly<Record<string, Environment>> = {
  course,
  ownCertificate,
  ...goldenEnvironments(),
};

export function recordingRulesOf(environment: Environment): readonly RecordingRule[] {
  return recordingRules(environment).flatMap(({ rules }) => rules as readonly RecordingRule[]);
}

export function alertsOf(environment: Environment): readonly AlertRule[] {
  return alertRules(environment).flatMap(({ rules }) => rules as readonly AlertRule[]);
}

/** The exporters' metrics with those that the environment's rules record. */
export function withRecorded(environment: Environment): Catalogue {
  const known = new Map(catalogue);
  for (const { record, expr, labels = {} } of recordingRulesOf(environment)) {
    known.set(record, infer(expr, known).labels.union(new Set(Object.keys(labels))));
  }
  return known;
}
