import type { ObservedBalancer } from './observed.ts';

/*
 * Minutes after which it is not a matter of waiting any more. Octavia itself waits up to five minutes for a machine and
 * ten for it to answer (`amp_active_retries`, `connection_max_retries`); the controller gives up waiting for a load
 * balancer after four and a half, for its end after five and a half, and tries again after five at most.
 */

const pending = { PENDING_CREATE: 20, PENDING_UPDATE: 15, PENDING_DELETE: 15 } as const;

/** For what the controller does by itself. */
export const controllerMinutes = 6;

export function minutesSince(time: string, now: string): number {
  // oxlint-disable-next-line no-restricted-globals -- to read a time is not to read a clock
  return Math.floor((Date.parse(now) - Date.parse(time)) / 60_000);
}

/** Since it last became something else, as far as Octavia tells. */
export function balancerSince({ updated, created }: ObservedBalancer): string {
  return updated ?? created;
}

/** Whether it is being changed for longer than that may take. */
export function isStuck(balancer: ObservedBalancer, now: string): boolean {
  const { provisioning } = balancer;
  if (!isPending(provisioning)) return false;
  return minutesSince(balancerSince(balancer), now) >= pending[provisioning];
}

export function isPending(
  provisioning: ObservedBalancer['provisioning'],
): provisioning is keyof typeof pending {
  return Object.hasOwn(pending, provisioning);
}
