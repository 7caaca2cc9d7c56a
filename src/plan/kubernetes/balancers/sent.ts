import type { Revision } from '../observed.ts';
import type { ServiceRef } from './actions.ts';

/** A Service of type LoadBalancer that a release has sent. */
export interface SentService extends ServiceRef {
  readonly release: ServiceRef;
  readonly revision: number;
  /** Whether the cluster has it, of whatever type. */
  readonly isThere: boolean;
}

/** The Services of type LoadBalancer of the revision that is deployed; none while another one is on its way. */
export function sentServices(
  history: readonly Revision[],
  release: ServiceRef,
): Omit<SentService, 'isThere'>[] {
  const [newest] = history;
  if (newest?.status !== 'deployed') return [];
  return newest.objects
    .filter(
      ({ kind, spec }) =>
        kind === 'Service' && (spec as { type?: string } | undefined)?.type === 'LoadBalancer',
    )
    .map(({ metadata: { name, namespace } }) => ({
      name,
      namespace: namespace ?? release.namespace,
      release,
      revision: newest.number,
    }));
}
