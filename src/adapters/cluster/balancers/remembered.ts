import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ClusterContext } from '../context.ts';

interface FloatingIpRef {
  readonly id: string;
  readonly address: string;
}

/** After that it is no repair that was cut off any more: people have had their reasons since. */
const forgottenAfterHours = 24;

/** Keeps in the cluster which floating IP a Service had, from before the Service goes until it leads there again. */
export async function remember(
  context: ClusterContext,
  service: ServiceRef,
  floatingIp: FloatingIpRef,
): Promise<void> {
  const api = await context.api();
  const ref = refIn(context);
  const { name, namespace, labels } = { ...ref, ...context };
  const data = { [keyOf(service)]: `${floatingIp.id} ${floatingIp.address} ${new Date().toISOString()}` };
  await api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels } });
  await api.patch(ref, { data });
}

/** What is remembered of each Service. */
export async function allRemembered(
  api: KubernetesApi,
  where: Pick<ClusterContext, 'namespace'>,
): Promise<readonly (ServiceRef & { readonly floatingIp: FloatingIpRef })[]> {
  const kept = await api.get<{ readonly data?: Readonly<Record<string, string>> }>(refIn(where));
  const oldest = Date.now() - forgottenAfterHours * 3_600_000;
  return Object.entries(kept?.data ?? {}).flatMap(([key, text]) => {
    const [namespace = '', name = ''] = key.split('.');
    const [id = '', address = '', time = ''] = text.split(' ');
    return Date.parse(time) < oldest ? [] : [{ namespace, name, floatingIp: { id, address } }];
  });
}

export async function remembered(
  context: ClusterContext,
  service: ServiceRef,
): Promise<FloatingIpRef | undefined> {
  const all = await allRemembered(await context.api(), context);
  return all.find((one) => keyOf(one) === keyOf(service))?.floatingIp;
}

export async function forget(context: ClusterContext, service: ServiceRef): Promise<void> {
  await (await context.api()).patch(refIn(context), { data: { [keyOf(service)]: null } });
}

function refIn({ namespace }: Pick<ClusterContext, 'namespace'>): Required<ObjectRef> {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'hubwright-addresses', namespace };
}

function keyOf({ namespace, name }: ServiceRef): string {
  return `${namespace}.${name}`;
}
