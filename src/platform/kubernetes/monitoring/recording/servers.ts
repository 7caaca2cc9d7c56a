import type { Environment } from '../../../../config/schema/environment.ts';
import { profileLabel } from '../../labels.ts';
import { labelOf, oneOf, promql, quoted, resourceOf } from '../promql.ts';
import type { RuleGroup } from '../rules.ts';
import { hubNamespace } from '../rules.ts';

/** The name that people log in with. The label `hub.jupyter.org/username` has a form of it that nobody recognizes. */
export const nameAnnotation = labelOf('hub.jupyter.org/username', 'annotation');
const profile = labelOf(profileLabel);

/** People's servers, what they use and what that is of a node: by real name, by profile and by node. */
export function serverRules(environment: Environment): RuleGroup {
  const ns = `namespace=${quoted(hubNamespace(environment))}`;
  const server = `${ns}, container="notebook"`;
  const ofPeople = promql`
    * on (namespace, pod) group_left (node, user, profile)
    hubwright:server:info{${ns}}`;
  return {
    name: 'hubwright-servers',
    rules: [
      { record: 'hubwright:server:person', expr: person(ns) },
      { record: 'hubwright:server:info', expr: running(ns) },
      {
        record: 'hubwright:server:memory_bytes',
        expr: promql`
          max by (namespace, pod) (container_memory_working_set_bytes{${server}})
          ${ofPeople}`,
      },
      {
        record: 'hubwright:server:memory_limit_bytes',
        expr: promql`
          max by (namespace, pod) (kube_pod_container_resource_limits{${server}, resource="memory"})
          ${ofPeople}`,
      },
      {
        record: 'hubwright:server:cpu_cores',
        expr: promql`
          sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${server}}[5m]))
          ${ofPeople}`,
      },
      ...gpuRules(environment, server, ofPeople),
      { record: 'hubwright:server:node_share', expr: nodeShare(ns, server, ofPeople) },
    ],
  };
}

/** The pod of each server, of whatever state; one that no node has taken has no `node`. */
function person(ns: string): string {
  return promql`
    max by (namespace, pod, node, user, profile) (
      label_replace(
        label_replace(
          label_replace(
            max by (namespace, pod, node) (kube_pod_info{${ns}})
            * on (namespace, pod) group_left (${profile})
            max by (namespace, pod, ${profile}) (kube_pod_labels{${ns}, label_component="singleuser-server"})
            * on (namespace, pod) group_left (${nameAnnotation})
            max by (namespace, pod, ${nameAnnotation}) (kube_pod_annotations{${ns}}),
            "user", "$1", "${nameAnnotation}", "(.+)"
          ),
          "profile", "default", "", ""
        ),
        "profile", "$1", "${profile}", "(.+)"
      )
    )`;
}

function running(ns: string): string {
  return promql`
    hubwright:server:person{${ns}, node!=""}
    and on (namespace, pod) (kube_pod_status_phase{${ns}, phase="Running"} == 1)`;
}

/**
 * Which part of its node a server takes from others: the largest of what it asks for of each resource. A node's hours
 * are shared out by it.
 */
function nodeShare(ns: string, server: string, ofPeople: string): string {
  return promql`
    max by (namespace, pod, node, user, profile) (
      (
        max by (namespace, pod, resource) (kube_pod_container_resource_requests{${server}})
        ${ofPeople}
      )
      / on (node, resource) group_left ()
      max by (node, resource) (kube_node_status_allocatable)
    )
    * on (node) group_left (flavor)
    hubwright:node:info`;
}

function gpuRules({ profiles }: Environment, server: string, ofPeople: string): RuleGroup['rules'] {
  const resources = Object.values(profiles).flatMap(({ gpus }) => (gpus ? [resourceOf(gpus.resource)] : []));
  if (resources.length === 0) return [];
  const resource = oneOf([...new Set(resources)]);
  return [
    {
      record: 'hubwright:server:gpus',
      expr: promql`
        sum by (namespace, pod) (
          max by (namespace, pod, resource) (kube_pod_container_resource_requests{${server}, resource=~${resource}})
        )
        ${ofPeople}`,
    },
    {
      record: 'hubwright:server:gpu_utilization',
      // With `honorLabels` the pod that uses the GPU is in `pod`; without, in `exported_pod`.
      expr: promql`
        avg by (namespace, pod) (
          label_replace(
            label_replace(DCGM_FI_DEV_GPU_UTIL, "pod", "$1", "exported_pod", "(.+)"),
            "namespace", "$1", "exported_namespace", "(.+)"
          )
        ) / 100
        ${ofPeople}`,
    },
  ];
}
