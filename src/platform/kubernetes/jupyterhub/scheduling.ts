import type { Environment } from '../../../config/schema/environment.ts';
import { durationSeconds } from '../../../config/units.ts';
import type { Values } from '../../../config/values.ts';
import { gpuTolerations } from './profiles.ts';

/**
 * `scheduling`: people's servers before placeholders.
 *
 * The chart's own placeholders are none, because it knows one size; ours are in `placeholders.ts`. They stay enabled, or
 * the chart makes no PriorityClass for them.
 */
export const scheduling: Values = {
  userScheduler: { enabled: false },
  // -10 is the cluster autoscaler's limit: it brings no node for pods below it.
  podPriority: { enabled: true, defaultPriority: 0, userPlaceholderPriority: -10 },
  userPlaceholder: { enabled: true, replicas: 0 },
};

/** `prePuller`: images are also pulled to the GPU nodes, whose taint would keep it away. */
export function prePuller(environment: Environment): Values {
  return { extraTolerations: gpuTolerations(environment) };
}

/** `cull`: idle servers are stopped. */
export function cull({ culling }: Environment): Values {
  if (typeof culling !== 'object') return { enabled: false };
  return {
    enabled: true,
    timeout: durationSeconds(culling.timeout),
    every: durationSeconds(culling.every),
    concurrency: culling.concurrency,
    maxAge: culling.maxAge === undefined ? 0 : durationSeconds(culling.maxAge),
  };
}
