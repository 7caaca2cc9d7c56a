import type { ObjectRef } from '../observed.ts';

/** Which Service is meant. */
export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

/** What the load-balancer doctor can do. Each is safe to do twice and safe to be killed in. */
export type BalancerAction =
  /** Has its floating IP live on when the Service goes, and notes which it is until it leads there again. */
  | {
      readonly kind: 'rememberFloatingIp';
      readonly service: ServiceRef;
      readonly floatingIp: { readonly id: string; readonly address: string };
    }
  /** Deletes a Service that its release can give again, and leaves the controller time to clean up after it. */
  | {
      readonly kind: 'deleteService';
      readonly service: ServiceRef & { readonly uid: string };
      readonly release: ServiceRef;
    }
  /** With all that belongs to it; only where the controller has not done it, and until it is really gone. */
  | {
      readonly kind: 'deleteBalancer';
      readonly id: string;
      readonly name: string;
      /** The Service that it may still be of; undefined: of none. */
      readonly service: (ServiceRef & { readonly uid: string }) | undefined;
    }
  /** Takes the controller's finalizer off a Service that is being deleted, once its load balancer is gone. */
  | {
      readonly kind: 'freeService';
      readonly service: ServiceRef & { readonly uid: string };
      readonly balancerId: string | undefined;
      /** Whether the controller runs, so that it is worth waiting for. */
      readonly controllerRuns: boolean;
    }
  /** As its Helm release sent it, so that Helm owns it as before. */
  | { readonly kind: 'recreateService'; readonly service: ServiceRef; readonly release: ServiceRef }
  /** Changes the annotation by which the controller finds its load balancer; `to` undefined: takes it away. */
  | {
      readonly kind: 'setBalancerId';
      readonly service: ServiceRef;
      readonly from: string | undefined;
      readonly to: string | undefined;
    }
  /** Has that floating IP, or the one that was noted, lead to the Service's load balancer again. */
  | {
      readonly kind: 'restoreFloatingIp';
      readonly service: ServiceRef;
      readonly address: string | undefined;
    }
  /** Has the controller look at the Service at once; where that is not enough, starts it anew. */
  | {
      readonly kind: 'syncService';
      readonly service: ServiceRef;
      readonly controller: ObjectRef | undefined;
    }
  | { readonly kind: 'restartController'; readonly controller: ObjectRef }
  /** One that was made for a load balancer that is no more. */
  | { readonly kind: 'deletePort'; readonly id: string; readonly balancerId: string }
  /** One that the controller has made and nothing uses. */
  | { readonly kind: 'deleteFloatingIp'; readonly id: string; readonly address: string };
