import { placeholderLabel } from '../../placeholders.ts';
import { labelOf, promql } from '../promql.ts';
import type { RuleGroup } from '../rules.ts';

const flavor = labelOf('node.kubernetes.io/instance-type');
/** As the charts of Cluster API for OpenStack name the group of a node. */
const nodeGroup = labelOf('capi.stackhpc.com/node-group');

const allocatable = 'max by (node, resource) (kube_node_status_allocatable)';
/** A pod that is over holds nothing, and a placeholder gives way. */
const holding = promql`
  and on (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"} == 1)
  unless on (namespace, pod) kube_pod_labels{${labelOf(placeholderLabel)}!=""}`;

/**
 * What the nodes have, and what is left of it. They are the cluster's: the rules of two environments in one cluster
 * record the same.
 */
export const nodeRules: RuleGroup = {
  name: 'hubwright-nodes',
  rules: [
    {
      record: 'hubwright:node:info',
      expr: promql`
        max by (node, flavor, node_group) (
          label_replace(
            label_replace(
              label_replace(
                label_replace(kube_node_labels, "flavor", "unknown", "", ""),
                "flavor", "$1", "${flavor}", "(.+)"
              ),
              "node_group", "none", "", ""
            ),
            "node_group", "$1", "${nodeGroup}", "(.+)"
          )
        )`,
    },
    {
      record: 'hubwright:node:requested',
      // A node also takes a number of pods at most.
      expr: promql`
        sum by (node, resource) (
          max by (namespace, pod, container, node, resource) (kube_pod_container_resource_requests{node!=""})
          ${holding}
        )
        or
        label_replace(
          count by (node) (
            max by (namespace, pod, node) (kube_pod_info{node!=""})
            ${holding}
          ),
          "resource", "pods", "", ""
        )`,
    },
    {
      record: 'hubwright:node:free',
      expr: promql`
        ${allocatable}
        - on (node, resource) (
          hubwright:node:requested
          or on (node, resource) 0 * ${allocatable}
        )`,
    },
  ],
};
