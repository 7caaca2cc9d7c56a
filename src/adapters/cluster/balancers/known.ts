import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { LiveMetadata } from '../../kubernetes/api.ts';
import type { FloatingIp } from '../../openstack/neutron.ts';

/*
 * What cloud-provider-openstack writes (`pkg/openstack/loadbalancer.go`), and Kubernetes' service controller with it.
 */

/** Annotations of a Service. */
export const written = {
  balancerId: 'loadbalancer.openstack.org/load-balancer-id',
  balancerAddress: 'loadbalancer.openstack.org/load-balancer-address',
  /** Has its floating IP live on when the Service is deleted. */
  keepFloatingIp: 'loadbalancer.openstack.org/keep-floatingip',
  clientTimeout: 'loadbalancer.openstack.org/timeout-client-data',
  memberTimeout: 'loadbalancer.openstack.org/timeout-member-data',
} as const;

/** Keeps a Service until its load balancer is gone. */
export const cleanUpFinalizer = 'service.kubernetes.io/load-balancer-cleanup';

/** Load balancers are named after their Services, and tagged with the names of all that use them. */
export const namePrefix = 'kube_service_';

/** So it deletes it with the Service. */
export function isMadeByController({ description }: Pick<FloatingIp, 'description'>): boolean {
  return description.includes('Floating IP for Kubernetes external service');
}

/** A Service with the parts that are read here. */
export interface Service {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: LiveMetadata & { readonly finalizers?: readonly string[] };
  readonly spec?: {
    readonly type?: string;
    readonly loadBalancerClass?: string;
    readonly loadBalancerIP?: string;
    readonly ports?: readonly { readonly port: number; readonly nodePort?: number }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

export function serviceRef({ namespace, name }: ServiceRef): ObjectRef {
  return { apiVersion: 'v1', kind: 'Service', namespace, name };
}

export function balancerIdOf({ metadata }: Pick<Service, 'metadata'>): string | undefined {
  return metadata.annotations?.[written.balancerId];
}
