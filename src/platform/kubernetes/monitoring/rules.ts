import type { Environment } from '../../../config/schema/environment.ts';
import type { Values } from '../../../config/values.ts';
import { ownLabels } from '../labels.ts';
import type { KubernetesObject } from '../system.ts';

/** A query whose answer Prometheus keeps as a metric of its own. */
export interface RecordingRule extends Values {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export type Severity = 'critical' | 'warning';

/** A query that should have no answer. */
export interface AlertRule extends Values {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to have one. */
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  readonly annotations: {
    readonly summary: string;
    /** The condition in words, without the time that it has to last. */
    readonly when: string;
    /** What it means for people, in one sentence. */
    readonly meaning: string;
    /** The `hubwright …` that looks further. */
    readonly command: string;
  };
}

type Rule = RecordingRule | AlertRule;

/** Rules that are evaluated one after the other, so that one can use what those before it have recorded. */
export interface RuleGroup extends Values {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** The rules as the Prometheus operator takes them. */
export function prometheusRule(environment: Environment, groups: readonly RuleGroup[]): KubernetesObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'hubwright',
      namespace: hubNamespace(environment),
      labels: ownLabels(environment, 'metrics', 'environment'),
    },
    spec: { groups },
  };
}

/** What tells the series of one environment from those of another. */
export function hubNamespace({ name, kubernetes }: Environment): string {
  // `check` asks for it: reaching this is a bug of ours.
  if (kubernetes === undefined) throw new TypeError(`${name} has no cluster`);
  return kubernetes.namespace;
}
