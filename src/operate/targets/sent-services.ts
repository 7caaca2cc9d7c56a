import { type SentService, sentServices } from '../../plan/kubernetes/balancers/sent.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { ClusterHost } from './cluster-host.ts';

/** The Services of type LoadBalancer that the environment's releases have sent, and whether the cluster has them. */
export async function observeSentServices(
  host: Pick<ClusterHost, 'history' | 'live'>,
  systems: readonly System[],
): Promise<readonly SentService[]> {
  const sent = await Promise.all(
    systems.map(async ({ release }) => (release === undefined ? [] : servicesOf(host, release))),
  );
  return sent.flat();
}

async function servicesOf(
  host: Pick<ClusterHost, 'history' | 'live'>,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<SentService[]> {
  const sent = sentServices(await host.history({ name, namespace }), { name, namespace });
  const live = await host.live(
    sent.map((one) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: one.name, namespace: one.namespace },
    })),
  );
  return sent.map((one) => ({
    ...one,
    isThere: live.some(({ metadata }) => metadata.name === one.name && metadata.namespace === one.namespace),
  }));
}
