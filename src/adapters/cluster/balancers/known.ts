import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { LiveMetadata } from '../../kubernetes/api.ts';

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
  return metadata.annotations?.[serviceAnnotations.balancerId];
}
