import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { ClusterContext } from '../context.ts';

interface FloatingIpRef {
  readonly id: string;
  readonly address: string;
}

/** Keeps in the cluster which floating IP a Service had, from before the Service goes until it leads there again. */
export async function remember(
  context: ClusterContext,
  service: ServiceRef,
  floatingIp: FloatingIpRef,
): Promise<void> {
  const api = await context.api();
  const ref = refIn(context);
  const { name, namespace, labels } = { ...ref, ...context };
  const data = { [keyOf(service)]: `${floatingIp.id} ${floatingIp.address}` };
  await api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels } });
  await api.patch(ref, { data });
}

export async function remembered(
  context: ClusterContext,
  service: ServiceRef,
): Promise<FloatingIpRef | undefined> {
  const api = await context.api();
  const kept = await api.get<{ readonly data?: Readonly<Record<string, string>> }>(refIn(context));
  const [id, address] = kept?.data?.[keyOf(service)]?.split(' ') ?? [];
  return id === undefined || address === undefined ? undefined : { id, address };
}

export async function forget(context: ClusterContext, service: ServiceRef): Promise<void> {
  await (await context.api()).patch(refIn(context), { data: { [keyOf(service)]: null } });
}

function refIn({ namespace }: ClusterContext): Required<ObjectRef> {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'hubwright-addresses', namespace };
}

function keyOf({ namespace, name }: ServiceRef): string {
  return `${namespace}.${name}`;
}
