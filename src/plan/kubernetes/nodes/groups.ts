import type { Environment } from '../../../config/schema/environment.ts';
import type { ObservedNode } from '../observed.ts';

/** As capi-helm-charts and Magnum write it on nodes. */
const groupLabels = ['capi.stackhpc.com/node-group', 'magnum.openstack.org/nodegroup'] as const;

const flavorLabels = ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'] as const;

export const controlPlane = 'control-plane';

/** Which node group it is of; undefined: nothing on it tells. */
function groupOf({ labels }: Pick<ObservedNode, 'labels'>): string | undefined {
  if (isControlPlane({ labels })) return controlPlane;
  const known = groupLabels.map((key) => labels[key]).find((name) => name !== undefined);
  // capi-helm-charts with another `projectPrefix`.
  return known ?? Object.entries(labels).find(([key]) => key.endsWith('/node-group'))?.[1];
}

/** The same, with what the file says: where one group alone has the node's flavour, it is of that one. */
export function groupBeside(
  node: Pick<ObservedNode, 'labels'>,
  { scaling }: Pick<Environment, 'scaling'>,
): string | undefined {
  const known = groupOf(node);
  if (known !== undefined) return known;
  const flavor = flavorOf(node);
  const alike = Object.entries(scaling.nodeGroups).filter(([, group]) => group.flavor === flavor);
  return alike.length === 1 ? alike[0]?.[0] : undefined;
}

/** Of the file and of the nodes, by name, without the control plane. */
export function workerGroups(
  nodes: readonly Pick<ObservedNode, 'labels'>[],
  environment: Pick<Environment, 'scaling'>,
): ReadonlySet<string> {
  const live = nodes.flatMap((node) => groupBeside(node, environment) ?? []);
  const names = new Set([...Object.keys(environment.scaling.nodeGroups), ...live]);
  names.delete(controlPlane);
  return names;
}

export function flavorOf({ labels }: Pick<ObservedNode, 'labels'>): string | undefined {
  return flavorLabels.map((key) => labels[key]).find((name) => name !== undefined);
}

/** Groups of the file that may be of several sizes. */
export function growingGroups({
  scaling,
}: Pick<Environment, 'scaling'>): readonly { readonly name: string; readonly max: number }[] {
  return Object.entries(scaling.nodeGroups).flatMap(([name, { min, max }]) =>
    min < max ? [{ name, max }] : [],
  );
}

function isControlPlane({ labels }: Pick<ObservedNode, 'labels'>): boolean {
  return ['control-plane', 'master'].some((role) => labels[`node-role.kubernetes.io/${role}`] !== undefined);
}
