import { hookSeconds } from '../../ports.ts';
import type { ClusterContext } from './context.ts';

/** What an action is done with that takes its time and says so. */
export interface Telling {
  readonly context: ClusterContext;
  readonly report: (text: string) => void;
}

/** Seconds, where people set no `--timeout`. */
const usual = {
  /** That a Helm hook gets. */
  hook: hookSeconds,
  /** Until what was sent has to be ready. */
  ready: 15 * 60,
  /** Until something that is deleted has to be gone. */
  gone: 5 * 60,
  /** That the cloud controller gets for what it does by itself: it tries again after five minutes at most. */
  controller: 6 * 60,
  /** Until the cloud has a load balancer ready: Octavia itself waits up to a quarter of an hour for its machine. */
  balancer: 20 * 60,
  /** That one volume gets to be written out, or to be read in: it says how far it is. */
  volume: 6 * 60 * 60,
};

/** How long is waited for it at most. */
export function seconds(wait: keyof typeof usual, { timeoutSeconds = usual[wait] }: ClusterContext): number {
  return timeoutSeconds;
}
