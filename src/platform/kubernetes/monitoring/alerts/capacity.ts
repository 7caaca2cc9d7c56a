import type { Environment } from '../../../../config/schema/environment.ts';
import { defaultProfile } from '../../jupyterhub/profiles.ts';
import { placeholderLabel } from '../../placeholders.ts';
import { labelOf, promql, quoted } from '../promql.ts';
import type { AlertRule } from '../rules.ts';
import type { Scope } from './alert.ts';
import { alert, scopeOf } from './alert.ts';

/** Nodes and the room on them. */
export function capacityAlerts(environment: Environment): AlertRule[] {
  const scope = scopeOf(environment);
  const profile = defaultProfile(environment);
  const warm = Object.values(environment.profiles).some(({ placeholders }) => placeholders > 0);
  return [
    nodeNotReady(scope),
    ...(profile === undefined ? [] : [noFreeSeat(scope, profile)]),
    ...(warm ? [placeholdersUnschedulable(scope)] : []),
    metricsMissing(scope),
  ];
}

/** The nodes are the cluster's: it is one and the same alert for all environments there. */
function nodeNotReady({ name }: Scope): AlertRule {
  return alert({
    name: 'NodeNotReady',
    severity: 'critical',
    // One that is being emptied on purpose may go.
    expr: promql`
      max by (node) (kube_node_status_condition{condition="Ready", status="true"}) == 0
      unless on (node) (kube_node_spec_unschedulable == 1)`,
    for: '3m',
    summary: 'Node {{ $labels.node }} is not ready',
    when: 'a node is not ready, and nobody is emptying it',
    meaning: 'People with a server on this node are cut off, and it takes no further ones.',
    command: `status ${name}`,
  });
}

function noFreeSeat({ name, ns }: Scope, profile: string): AlertRule {
  return alert({
    name: 'NoFreeSeat',
    severity: 'warning',
    expr: `hubwright:seats_free{${ns}, profile=${quoted(profile)}} == 0`,
    for: '2m',
    summary: `No node has room for another server of {{ $labels.profile }} in ${name}`,
    when: 'no node has room for another server of the default profile',
    meaning: 'Whoever comes next waits minutes for a new node, or in vain where none can be added.',
    command: `status ${name}`,
  });
}

function placeholdersUnschedulable({ name, ns }: Scope): AlertRule {
  const label = labelOf(placeholderLabel);
  return alert({
    name: 'PlaceholdersUnschedulable',
    severity: 'warning',
    expr: promql`
      count by (namespace, profile) (
        label_replace(kube_pod_labels{${ns}, ${label}!=""}, "profile", "$1", "${label}", "(.+)")
        and on (namespace, pod) (kube_pod_status_unschedulable{${ns}} == 1)
      ) > 0`,
    // A new node takes up to ten minutes.
    for: '15m',
    summary: `{{ $value }} warm seats of {{ $labels.profile }} in ${name} find no node`,
    when: 'placeholders find no node',
    meaning: 'No node was added for them: soon people who start this profile will wait too.',
    command: `logs ${name} autoscaler`,
  });
}

function metricsMissing({ name }: Scope): AlertRule {
  return alert({
    name: 'MetricsMissing',
    severity: 'warning',
    expr: promql`
      label_replace(absent(kube_node_info), "exporter", "kube-state-metrics", "", "")
      or label_replace(absent(container_memory_working_set_bytes), "exporter", "kubelet", "", "")`,
    for: '10m',
    summary: 'Prometheus hears nothing from {{ $labels.exporter }}',
    when: 'kube-state-metrics or the kubelets tell nothing',
    meaning: 'Dashboards are empty, and nobody is told when something else is wrong for people.',
    command: `status ${name}`,
  });
}
