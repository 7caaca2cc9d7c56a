import type { Environment } from '../../../../config/schema/environment.ts';
import { quoted } from '../promql.ts';
import type { AlertRule, Severity } from '../rules.ts';
import { hubNamespace } from '../rules.ts';

/** An alert as a theme writes it. */
interface Alert {
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  readonly for?: string;
  /** Of a query that has no labels of its own: whose alert it is. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The condition in words, without the time that it has to last. */
  readonly when: string;
  readonly meaning: string;
  /** Behind `hubwright`. */
  readonly command: string;
}

/** All of them can be told from the alerts that others make by `source`. */
export function alert({ name, severity, expr, labels, command, ...rest }: Alert): AlertRule {
  const { summary, when, meaning } = rest;
  return {
    alert: name,
    expr,
    ...(rest.for === undefined ? {} : { for: rest.for }),
    labels: { severity, source: 'hubwright', ...labels },
    annotations: { summary, when, meaning, command: `hubwright ${command}` },
  };
}

/** What the alerts of an environment are written with. */
export interface Scope {
  /** The environment's name, for sentences and commands. */
  readonly name: string;
  readonly namespace: string;
  /** The matcher of its series. */
  readonly ns: string;
}

export function scopeOf(environment: Environment): Scope {
  const namespace = hubNamespace(environment);
  return { name: environment.name, namespace, ns: `namespace=${quoted(namespace)}` };
}

/** The person in a command. A name can hold anything, and the command is there to be pasted into a shell. */
export const person = '{{ reReplaceAll "[^-\\\\w.@+]" "?" $labels.user }}';
