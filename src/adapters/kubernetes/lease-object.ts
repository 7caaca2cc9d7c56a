import type { LiveObject } from './api.ts';

/** Seconds. */
export interface LeaseTiming {
  /** Nobody takes the lease of a holder who was heard of within this time. */
  readonly duration: number;
  /** The holder stops by itself after so long without having been heard. Less than `duration`, by more than a request takes. */
  readonly deadline: number;
  readonly renewEvery: number;
  readonly pollEvery: number;
}

export const usualTiming: LeaseTiming = { duration: 30, deadline: 18, renewEvery: 3, pollEvery: 0.5 };

export const leaseName = 'hubwright';
export type Lease = LiveObject & {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
};

export function leaseRef(namespace: string) {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name: leaseName, namespace };
}

/** As Go's `MicroTime` reads it: exactly six digits. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
