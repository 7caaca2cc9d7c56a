import type { Environment } from '../../../../config/schema/environment.ts';
import { promql } from '../promql.ts';
import type { AlertRule } from '../rules.ts';
import type { Scope } from './alert.ts';
import { alert, person, scopeOf } from './alert.ts';

/** People's servers: those that do not start, start late, or are killed. */
export function serverAlerts(environment: Environment): AlertRule[] {
  const scope = scopeOf(environment);
  return [spawnsFail(scope), spawnsAreSlow(scope), stuckStarting(scope), memoryKill(scope)];
}

function spawnsFail({ name, ns }: Scope): AlertRule {
  const spawns = (status: string): string => promql`
    sum by (namespace) (
      increase(jupyterhub_server_spawn_duration_seconds_count{${ns}, status=~"${status}"}[15m])
    )`;
  return alert({
    name: 'ServersFailToStart',
    severity: 'critical',
    // Three or more; `increase` guesses what was before the first sample, so 2.5.
    expr: promql`
      ${spawns('failure')}
      / ${spawns('success|failure')}
      > 0.2
      and ${spawns('failure')} > 2.5`,
    summary: `{{ $value | humanizePercentage }} of the servers of ${name} have failed to start for 15 minutes`,
    when: 'within 15 minutes three or more servers failed to start, and more than a fifth of all',
    meaning: 'Some people, or all of those with one profile, cannot begin to work.',
    command: `logs ${name} hub`,
  });
}

function spawnsAreSlow({ name, ns }: Scope): AlertRule {
  const metric = 'jupyterhub_server_spawn_duration_seconds';
  const started = `{${ns}, status="success"}[15m]`;
  return alert({
    name: 'ServersStartSlowly',
    severity: 'warning',
    expr: promql`
      round(histogram_quantile(0.95, sum by (namespace, le) (rate(${metric}_bucket${started})))) > 120
      and sum by (namespace) (increase(${metric}_count${started})) > 4.5`,
    for: '5m',
    summary: `One in twenty servers of ${name} takes {{ $value | humanizeDuration }} or longer to start`,
    when: 'within 15 minutes five or more servers started, and not even 95 of 100 within two minutes',
    meaning: 'People wait for minutes before they can begin, mostly for a new node or for an image.',
    command: `status ${name}`,
  });
}

/** The hub counts a start when it has ended: until then only the pod tells. */
function stuckStarting({ name, ns }: Scope): AlertRule {
  return alert({
    name: 'ServersStuckStarting',
    severity: 'warning',
    expr: promql`
      count by (namespace, profile) (
        hubwright:server:person{${ns}}
        and on (namespace, pod) (kube_pod_status_phase{${ns}, phase="Pending"} == 1)
        and on (namespace, pod) (time() - max by (namespace, pod) (kube_pod_created{${ns}}) > 300)
      ) > 0`,
    summary: `{{ $value }} of {{ $labels.profile }} in ${name} have been starting for more than five minutes`,
    when: 'servers have been starting for more than five minutes',
    meaning: 'These people still wait for their server, and cannot work.',
    command: `status ${name}`,
  });
}

/** Who was killed. A pod that is restarted in place takes the counter of its container with it, so the reason counts too. */
function memoryKill({ name, ns }: Scope): AlertRule {
  const server = `${ns}, container="notebook"`;
  const reason = `${server}, reason="OOMKilled"`;
  return alert({
    name: 'ServerOutOfMemory',
    severity: 'warning',
    expr: promql`
      hubwright:server:person{${ns}}
      and on (namespace, pod) (
        kube_pod_container_status_terminated_reason{${reason}} == 1
        or (
          kube_pod_container_status_last_terminated_reason{${reason}} == 1
          and on (namespace, pod)
          time() - kube_pod_container_status_last_terminated_timestamp{${server}} < 900
        )
        or increase(container_oom_events_total{${server}}[15m]) > 0
      )`,
    summary: `{{ $labels.user }} ran out of memory on {{ $labels.node }} ({{ $labels.profile }} in ${name})`,
    when: 'in the last 15 minutes the kernel killed a server, or a process in it, for its memory',
    meaning: 'A kernel or the whole server was killed, and what this person had not saved is lost.',
    command: `logs ${name} user ${person}`,
  });
}
