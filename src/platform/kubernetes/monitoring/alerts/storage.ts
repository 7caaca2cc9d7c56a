import type { Environment } from '../../../../config/schema/environment.ts';
import { quoted, promql } from '../promql.ts';
import { ofHomes } from '../recording/homes.ts';
import type { AlertRule, Severity } from '../rules.ts';
import type { Scope } from './alert.ts';
import { alert, person, scopeOf } from './alert.ts';

/** Homes and the volumes beneath them. */
export function storageAlerts(environment: Environment): AlertRule[] {
  const scope = scopeOf(environment);
  const longhorn = typeof environment.longhorn === 'object';
  return [homeNearlyFull(scope), ...(longhorn ? [longhornDegraded(scope), longhornFaulted(scope)] : [])];
}

function homeNearlyFull({ name, ns }: Scope): AlertRule {
  const files = (what: string): string =>
    `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_${what}{${ns}})`;
  return alert({
    name: 'HomeNearlyFull',
    severity: 'warning',
    // By size or by the number of files.
    expr: promql`
      min by (namespace, user) (
        hubwright:home:available_bytes{${ns}} / hubwright:home:capacity_bytes{${ns}}
        or
        label_replace(
          ${ofHomes(ns, `(${files('inodes_free')} / ${files('inodes')})`)},
          "of", "files", "", ""
        )
      ) < 0.1`,
    for: '10m',
    summary: `The home of {{ $labels.user }} in ${name} has {{ $value | humanizePercentage }} left`,
    when: 'a home that is in use has less than 10 % left, by size or by number of files',
    meaning: 'When it is full, this person cannot save, and the next start of the server may fail.',
    command: `logs ${name} user ${person}`,
  });
}

function longhornDegraded(scope: Scope): AlertRule {
  return longhornAlert(scope, {
    name: 'VolumeDegraded',
    severity: 'warning',
    state: 'degraded',
    number: 2,
    // A copy is rebuilt after each restart of a node.
    for: '15m',
    summary: 'has lost a copy, and Longhorn does not mend it',
    when: 'Longhorn calls a volume degraded',
    meaning: 'It can be used, but the files in it are lost if another disk or node fails.',
  });
}

function longhornFaulted(scope: Scope): AlertRule {
  return longhornAlert(scope, {
    name: 'VolumeFaulted',
    severity: 'critical',
    state: 'faulted',
    number: 3,
    for: '1m',
    summary: 'has no copy left that can be used',
    when: 'Longhorn calls a volume faulted',
    meaning:
      'Whose home it is cannot start a server or save; if it is the database of the hub, nobody can log in.',
  });
}

interface LonghornState {
  readonly name: string;
  readonly severity: Severity;
  readonly state: string;
  /** What stands for it before Longhorn 1.11. */
  readonly number: number;
  readonly for: string;
  readonly summary: string;
  readonly when: string;
  readonly meaning: string;
}

/** Since 1.11 each state is a series, before that it was the value. */
function longhornAlert(
  { name, namespace }: Scope,
  { state, number, summary, ...rest }: LonghornState,
): AlertRule {
  const volume = `pvc_namespace=${quoted(namespace)}`;
  return alert({
    ...rest,
    expr: promql`
      max by (volume, pvc) (
        longhorn_volume_robustness{${volume}, state="${state}"} == 1
        or longhorn_volume_robustness{${volume}, state=""} == ${number}
      )`,
    labels: { namespace },
    summary: `Volume {{ $labels.volume }} ({{ $labels.pvc }} in ${name}) ${summary}`,
    command: `logs ${name} longhorn`,
  });
}
