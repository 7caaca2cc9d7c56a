/*
 * What cloud-provider-openstack writes and reads (`pkg/openstack/loadbalancer.go`), and Kubernetes' service controller with
 * it. Here, where plans and adapters both may have it from.
 */

/** Annotations of a Service. */
export const serviceAnnotations = {
  balancerId: 'loadbalancer.openstack.org/load-balancer-id',
  balancerAddress: 'loadbalancer.openstack.org/load-balancer-address',
  /** Lets its floating IP live on when the Service is deleted. */
  keepFloatingIp: 'loadbalancer.openstack.org/keep-floatingip',
  clientTimeout: 'loadbalancer.openstack.org/timeout-client-data',
  memberTimeout: 'loadbalancer.openstack.org/timeout-member-data',
} as const;

/**
 * As all clusters are called whose controller is given no name (`--cluster-name`): so Kubernetes' own cloud controller manager
 * has it, and the controller's chart.
 */
export const defaultClusterName = 'kubernetes';

/** Keeps a Service until its load balancer is gone. */
export const cleanUpFinalizer = 'service.kubernetes.io/load-balancer-cleanup';

/** Load balancers are named after their Services, and tagged with the names of all that use them. */
export const namePrefix = 'kube_service_';

/** Begins the description of a floating IP that it has made itself. */
export const madeDescription = 'Floating IP for Kubernetes external service';

/** So it deletes it with the Service. */
export function isMadeByController({ description }: { readonly description: string }): boolean {
  return description.includes(madeDescription);
}
